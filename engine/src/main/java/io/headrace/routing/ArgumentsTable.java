package io.headrace.routing;

import io.headrace.catalog.BindingKey;
import io.headrace.message.FieldTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/// What the arguments of bindings ask of the message's headers. The key plays no part.
///
/// Of an exchange of type `x-jms-topic` neither: RabbitMQ's JMS client binds it to a topic exchange, by the name of the
/// topic.
final class ArgumentsTable implements Table {
    private record Bound(BindingKey binding, Predicate<FieldTable> pattern, Targets targets) {}

    private final Function<FieldTable, Predicate<FieldTable>> patterns;
    private volatile List<Bound> bindings = List.of();

    /// @param patterns of arguments that were checked when the binding was decided
    ArgumentsTable(Function<FieldTable, Predicate<FieldTable>> patterns) {
        this.patterns = patterns;
    }

    @Override
    public void add(BindingKey binding, Target target) {
        List<Bound> more = new ArrayList<>(bindings);
        more.add(new Bound(binding, patterns.apply(binding.arguments()), Targets.NONE.with(target)));
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
            if (bound.pattern.test(table)) {
                found.add(bound.targets);
            }
        }
    }
}
