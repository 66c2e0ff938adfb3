package io.headrace.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/// Questions to the coordinator of groups that belong to a request.
///
/// Threads: the loop of the connection.
final class Coordination {
    private Coordination() {}

    /// What the coordinator fails with fails the request.
    static <T> void ask(
            Exchange exchange, Function<GroupCoordinator, CompletableFuture<T>> question, Consumer<T> answer) {
        ask(exchange, question, answer, exchange::fail);
    }

    static <T> void ask(
            Exchange exchange,
            Function<GroupCoordinator, CompletableFuture<T>> question,
            Consumer<T> answer,
            Consumer<Throwable> failed) {
        exchange.session().groups().ask(question, guarded(exchange, answer), guarded(exchange, failed));
    }

    /// Answers come when the request's own call has returned: what goes wrong then costs the connection as well.
    static <T> Consumer<T> guarded(Exchange exchange, Consumer<T> answer) {
        return value -> {
            try {
                answer.accept(value);
            } catch (RuntimeException e) {
                exchange.connection().broken(e);
            }
        };
    }
}
