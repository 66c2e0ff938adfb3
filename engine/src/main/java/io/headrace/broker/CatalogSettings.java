package io.headrace.broker;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogListener;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Threads: as [SharedSettings] says.
final class CatalogSettings implements SharedSettings, CatalogListener {
    private record Listener(String prefix, Consumer<String> changed) {}

    private final Catalog catalog;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    CatalogSettings(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public SortedMap<String, String> get(String name) {
        return catalog.settings(name);
    }

    @Override
    public SortedMap<String, SortedMap<String, String>> below(String prefix) {
        return catalog.settingsBelow(prefix);
    }

    @Override
    public void listen(String prefix, Consumer<String> changed) {
        listeners.add(new Listener(prefix, changed));
    }

    @Override
    public void settingsPut(String name, SortedMap<String, String> settings) {
        for (Listener listener : listeners) {
            if (name.startsWith(listener.prefix())) {
                listener.changed().accept(name);
            }
        }
    }
}
