package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.PutGlobalParameter;
import io.headrace.catalog.CatalogOperation.PutParameter;
import io.headrace.message.FieldValue;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Parameters of vhosts and of the whole broker, and how each operation changes them.
///
/// Threads: the owner changes; any thread reads.
final class ParametersState {
    static final String VHOST_LIMITS = "vhost-limits";
    static final String LIMITS = "limits";

    private record Key(String component, String vhost, String name) {}

    private static final Comparator<Parameter> ORDER = Comparator.comparing(Parameter::component)
            .thenComparing(Parameter::vhost)
            .thenComparing(Parameter::name);

    private final List<CatalogListener> listeners;
    private final Map<Key, Parameter> parameters = new ConcurrentHashMap<>();
    private final Map<String, FieldValue> globals = new ConcurrentHashMap<>();

    ParametersState(List<CatalogListener> listeners) {
        this.listeners = listeners;
    }

    void put(Parameter parameter) {
        parameters.put(new Key(parameter.component(), parameter.vhost(), parameter.name()), parameter);
        listeners.forEach(listener -> listener.parameterPut(parameter));
    }

    void remove(String component, String vhost, String name) {
        Parameter removed = parameters.remove(new Key(component, vhost, name));
        if (removed != null) {
            listeners.forEach(listener -> listener.parameterRemoved(removed));
        }
    }

    void vhostGone(String vhost) {
        in(vhost).forEach(parameter -> remove(parameter.component(), vhost, parameter.name()));
    }

    void putGlobal(String name, FieldValue value) {
        globals.put(name, value);
    }

    void removeGlobal(String name) {
        globals.remove(name);
    }

    void clear() {
        all().forEach(parameter -> remove(parameter.component(), parameter.vhost(), parameter.name()));
        globals.clear();
    }

    Optional<Parameter> parameter(String component, String vhost, String name) {
        return Optional.ofNullable(parameters.get(new Key(component, vhost, name)));
    }

    /// Sorted by component, vhost and name.
    List<Parameter> all() {
        return parameters.values().stream().sorted(ORDER).toList();
    }

    private List<Parameter> in(String vhost) {
        return parameters.values().stream()
                .filter(parameter -> parameter.vhost().equals(vhost))
                .sorted(ORDER)
                .toList();
    }

    /// By name; one below zero limits nothing.
    SortedMap<String, Long> limits(String vhost) {
        return parameter(VHOST_LIMITS, vhost, LIMITS)
                .map(ParametersState::limits)
                .orElse(Collections.emptySortedMap());
    }

    private static SortedMap<String, Long> limits(Parameter parameter) {
        SortedMap<String, Long> limits = new TreeMap<>();
        parameter.table().fields().forEach((limit, value) -> {
            OptionalLong number = value.integer();
            number.ifPresent(most -> limits.put(limit, most));
        });
        return limits;
    }

    /// By name.
    SortedMap<String, FieldValue> globals() {
        return new TreeMap<>(globals);
    }

    Optional<FieldValue> global(String name) {
        return Optional.ofNullable(globals.get(name));
    }

    /// Operations that, applied where all vhosts are, give this state.
    Stream<CatalogOperation> rebuilding() {
        return Stream.concat(
                all().stream().map(PutParameter::new),
                globals().entrySet().stream()
                        .map(global -> new PutGlobalParameter(global.getKey(), global.getValue())));
    }
}
