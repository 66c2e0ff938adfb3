package io.headrace.catalog;

import java.util.Optional;

/// What a queue must be called to be a topic as well: Kafka's clients take fewer names than RabbitMQ's.
final class TopicNames {
    private static final int LENGTH_MAX = 249;
    /// Topics of the broker's own, whose records have a form: nobody may publish there.
    private static final String OWN_PREFIX = "__";

    private TopicNames() {}

    /// Why `queue` cannot be a stream; empty if it can.
    static Optional<Refusal> unfit(Resource queue) {
        String name = queue.name();
        if (name.startsWith(OWN_PREFIX)) {
            return Optional.of(new Refusal.Unsupported(queue, "stream over a topic of the broker's own"));
        }
        boolean fit = name.length() <= LENGTH_MAX
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().allMatch(TopicNames::fit);
        return fit
                ? Optional.empty()
                : Optional.of(new Refusal.Unsupported(
                        queue, "name of a stream (a topic has at most 249 of a-z, A-Z, 0-9, '.', '_' and '-')"));
    }

    private static boolean fit(int character) {
        return character >= 'a' && character <= 'z'
                || character >= 'A' && character <= 'Z'
                || character >= '0' && character <= '9'
                || character == '.'
                || character == '_'
                || character == '-';
    }
}
