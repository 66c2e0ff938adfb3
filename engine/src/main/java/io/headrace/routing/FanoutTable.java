package io.headrace.routing;

import io.headrace.catalog.BindingKey;
import java.util.List;

/// Every binding, whatever the key.
final class FanoutTable implements Table {
    private volatile Targets targets = Targets.NONE;

    @Override
    public void add(BindingKey binding, Target target) {
        targets = targets.with(target);
    }

    @Override
    public void remove(BindingKey binding, Target target) {
        targets = targets.without(target);
    }

    @Override
    public void match(List<String> keys, MessageTraits message, Found found) {
        found.add(targets);
    }
}
