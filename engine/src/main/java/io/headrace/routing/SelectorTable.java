package io.headrace.routing;

import io.headrace.catalog.BindingKey;
import io.headrace.message.FieldTable;
import io.headrace.selector.Selector;
import java.util.ArrayList;
import java.util.List;

/// Selectors in the arguments of bindings against the message's headers. The key plays no part: RabbitMQ's JMS client
/// binds such an exchange to a topic exchange, by the name of the topic.
final class SelectorTable implements Table {
    private record Bound(BindingKey binding, Selector selector, Targets targets) {}

    private volatile List<Bound> bindings = List.of();

    @Override
    public void add(BindingKey binding, Target target) {
        var selector = Selector.of(binding.arguments()).orElseThrow(); // checked when it was decided
        List<Bound> more = new ArrayList<>(bindings);
        more.add(new Bound(binding, selector, Targets.NONE.with(target)));
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
        FieldTable headers = message.headers();
        for (Bound bound : bindings) {
            if (bound.selector.matches(headers)) {
                found.add(bound.targets);
            }
        }
    }
}
