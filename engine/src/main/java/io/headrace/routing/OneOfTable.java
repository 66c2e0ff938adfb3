package io.headrace.routing;

import io.headrace.catalog.BindingKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// One of the bindings, whatever its key: any, or that of the routing key's hash modulo their number. A destination
/// counts as often as it is bound.
final class OneOfTable implements Table {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private record Bound(BindingKey binding, Targets alone) {}

    private final boolean byKey;
    private final AtomicLong drawn = new AtomicLong(); // from here, so that a simulated run repeats itself
    private volatile List<Bound> bindings = List.of(); // in the order they were made

    private OneOfTable(boolean byKey) {
        this.byKey = byKey;
    }

    static OneOfTable modulus() {
        return new OneOfTable(true);
    }

    static OneOfTable random() {
        return new OneOfTable(false);
    }

    @Override
    public void add(BindingKey binding, Target target) {
        List<Bound> more = new ArrayList<>(bindings);
        more.add(new Bound(binding, Targets.NONE.with(target)));
        bindings = List.copyOf(more);
    }

    @Override
    public void remove(BindingKey binding, Target target) {
        bindings = bindings.stream()
                .filter(bound -> !bound.binding.equals(binding))
                .toList();
    }

    @Override
    public boolean perMessage() {
        return !byKey;
    }

    @Override
    public void match(List<String> keys, MessageTraits message, Found found) {
        List<Bound> from = bindings;
        if (!from.isEmpty()) {
            long hash = byKey ? Hash.of(keys) : Hash.mixed(drawn.addAndGet(GOLDEN));
            found.add(from.get((int) Long.remainderUnsigned(hash, from.size())).alone);
        }
    }
}
