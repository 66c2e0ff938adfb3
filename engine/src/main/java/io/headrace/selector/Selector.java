package io.headrace.selector;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.Optional;

/// Which messages a JMS subscriber wants, by their headers; JMS fields are among them, where RabbitMQ's client puts
/// them.
public final class Selector {
    /// The argument of a binding that has it.
    public static final String ARGUMENT = "rjms_erlang_selector";

    private final Expression expression;

    private Selector(Expression expression) {
        this.expression = expression;
    }

    /// @param arguments of a binding
    /// @return empty if there is none, or its text is none that can be read
    public static Optional<Selector> of(FieldTable arguments) {
        return arguments
                .get(ARGUMENT)
                .flatMap(value ->
                        value instanceof FieldValue.LongString(byte[] text) ? TermReader.read(text) : Optional.empty())
                .map(term -> new Selector(Expression.of(term)));
    }

    /// Whether the answer is true: neither false nor unknown. Where the plugin ends in an error, and the publisher's
    /// connection with it, the message is not wanted here.
    public boolean matches(FieldTable headers) {
        try {
            return expression.value(headers).equals(Term.TRUE);
        } catch (Expression.Unanswerable e) {
            return false;
        }
    }
}
