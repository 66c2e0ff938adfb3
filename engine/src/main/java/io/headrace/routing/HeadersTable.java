package io.headrace.routing;

import io.headrace.catalog.BindingKey;
import io.headrace.message.FieldTable;
import java.util.ArrayList;
import java.util.List;

/// The binding's arguments against the message's headers. The key plays no part.
final class HeadersTable implements Table {
    private record Bound(BindingKey binding, HeaderPattern pattern, Targets targets) {}

    private volatile List<Bound> bindings = List.of();

    @Override
    public void add(BindingKey binding, Target target) {
        List<Bound> more = new ArrayList<>(bindings);
        more.add(new Bound(binding, HeaderPattern.of(binding.arguments()), Targets.NONE.with(target)));
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
        return true;
    }

    @Override
    public void match(List<String> keys, MessageTraits message, Found found) {
        FieldTable table = message.headers();
        for (Bound bound : bindings) {
            if (bound.pattern.matches(table)) {
                found.add(bound.targets);
            }
        }
    }
}
