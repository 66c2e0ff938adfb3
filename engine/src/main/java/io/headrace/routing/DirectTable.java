package io.headrace.routing;

import io.headrace.catalog.BindingKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The key is the binding's key, to the letter.
final class DirectTable implements Table {
    private final Map<String, Targets> byKey = new ConcurrentHashMap<>();

    @Override
    public void add(BindingKey binding, Target target) {
        byKey.merge(binding.routingKey(), Targets.NONE.with(target), (targets, _) -> targets.with(target));
    }

    @Override
    public void remove(BindingKey binding, Target target) {
        byKey.computeIfPresent(binding.routingKey(), (_, targets) -> {
            Targets fewer = targets.without(target);
            return fewer.isEmpty() ? null : fewer;
        });
    }

    @Override
    public void match(List<String> keys, MessageTraits message, Found found) {
        for (String key : keys) {
            found.add(byKey.getOrDefault(key, Targets.NONE));
        }
    }
}
