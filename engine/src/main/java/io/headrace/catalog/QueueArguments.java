package io.headrace.catalog;

import static io.headrace.catalog.QueueType.CLASSIC;
import static io.headrace.catalog.QueueType.QUORUM;
import static io.headrace.catalog.QueueType.STREAM;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The queue arguments that RabbitMQ knows: for which queue types, with which values, and whether they do
/// here what they do there. What it does not know it neither checks nor compares, and neither do we.
final class QueueArguments {
    static final String QUEUE_TYPE = "x-queue-type";

    private static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";

    /// @param types who may have it
    private record Rule(String name, Set<QueueType> types, ArgumentCheck check) {}

    private static final Set<QueueType> ALL = EnumSet.allOf(QueueType.class);
    private static final Set<QueueType> BOTH = EnumSet.of(CLASSIC, QUORUM);

    private static final List<Rule> RULES = List.of(
            accepted("x-expires", BOTH, ArgumentCheck::expires),
            accepted("x-message-ttl", BOTH, ArgumentCheck::expiry),
            accepted(DEAD_LETTER_EXCHANGE, BOTH, ArgumentCheck::text),
            accepted("x-dead-letter-routing-key", BOTH, ArgumentCheck::text),
            accepted(
                    "x-dead-letter-strategy",
                    only(QUORUM),
                    oneOf("invalid_dlx_strategy", "at-most-once", "at-least-once")),
            accepted("x-max-length", BOTH, ArgumentCheck::notNegative),
            accepted("x-max-length-bytes", ALL, ArgumentCheck::notNegative),
            accepted("x-max-in-memory-length", only(QUORUM), ArgumentCheck::notNegative),
            accepted("x-max-in-memory-bytes", only(QUORUM), ArgumentCheck::notNegative),
            accepted("x-max-priority", only(CLASSIC), ArgumentCheck::priority),
            accepted(
                    "x-overflow", BOTH, oneOf("invalid_overflow", "drop-head", "reject-publish", "reject-publish-dlx")),
            accepted("x-queue-mode", only(CLASSIC), ArgumentCheck::queueMode),
            accepted("x-queue-version", only(CLASSIC), ArgumentCheck::queueVersion),
            accepted("x-single-active-consumer", BOTH, ArgumentCheck::bool),
            accepted("x-quorum-initial-group-size", only(QUORUM), ArgumentCheck::positive),
            accepted("x-delivery-limit", only(QUORUM), ArgumentCheck::integer),
            accepted(
                    "x-delayed-retry-type",
                    only(QUORUM),
                    oneOf("invalid_delayed_retry_type", "disabled", "all", "failed", "returned")),
            accepted("x-delayed-retry-min", only(QUORUM), ArgumentCheck::expiry),
            accepted("x-delayed-retry-max", only(QUORUM), ArgumentCheck::expiry),
            accepted(StreamArguments.MAX_AGE, only(STREAM), StreamArguments::age),
            accepted(StreamArguments.SEGMENT_BYTES, only(STREAM), ArgumentCheck::notNegative),
            // each record is looked at, so there is no filter whose size could matter
            accepted(StreamArguments.FILTER_BYTES, only(STREAM), ArgumentCheck::notNegative),
            accepted("x-initial-cluster-size", only(STREAM), ArgumentCheck::positive),
            accepted(
                    "x-queue-leader-locator",
                    ALL,
                    oneOf("invalid_queue_locator_arg", "client-local", "balanced", "random", "least-leaders")),
            accepted("x-queue-master-locator", only(CLASSIC), _ -> Optional.empty()));

    private static final Map<QueueType, List<String>> COMPARED = Map.of(
            CLASSIC, comparedBy(CLASSIC),
            QUORUM, comparedBy(QUORUM),
            STREAM, comparedBy(STREAM));

    private QueueArguments() {}

    /// The arguments with `x-queue-type` added if it is absent.
    static FieldTable withType(FieldTable arguments, QueueType defaultType) {
        if (arguments.get(QUEUE_TYPE).isPresent()) {
            return arguments;
        }
        Map<String, FieldValue> fields = new LinkedHashMap<>(arguments.fields());
        fields.put(QUEUE_TYPE, FieldValue.LongString.of(defaultType.wireName()));
        return new FieldTable(fields);
    }

    /// The arguments of a queue that nobody declared.
    static FieldTable ofType(QueueType type) {
        return new FieldTable(Map.of(QUEUE_TYPE, FieldValue.LongString.of(type.wireName())));
    }

    /// The type that arguments of [#withType] name, empty if it is none of ours.
    static Optional<QueueType> type(FieldTable arguments) {
        return arguments.text(QUEUE_TYPE).flatMap(QueueType::of);
    }

    /// Names that a redeclaration of a queue of this type is compared by.
    static List<String> compared(QueueType type) {
        return COMPARED.get(type);
    }

    /// Why a queue cannot have these arguments; empty if it can.
    static Optional<Refusal> check(Resource queue, FieldTable arguments) {
        Optional<Refusal> badExchange = notAnExchange(queue, arguments);
        if (badExchange.isPresent()) {
            return badExchange;
        }
        Optional<QueueType> type = type(arguments);
        if (type.isEmpty()) {
            return Optional.of(unknownType(queue, arguments));
        }
        if (arguments.fields().size() == 1) { // the type, and of most queues nothing else
            return Optional.empty();
        }
        return firstInvalid(queue, type.get(), arguments).or(() -> firstUnsuitable(queue, type.get(), arguments));
    }

    /// RabbitMQ looks at this one before all others, because the permission to use the exchange depends on it.
    private static Optional<Refusal> notAnExchange(Resource queue, FieldTable arguments) {
        return arguments
                .get(DEAD_LETTER_EXCHANGE)
                .filter(value -> !(value instanceof FieldValue.LongString))
                .map(value -> new Refusal.Malformed("invalid type '" + value.typeName() + "' for arg '"
                        + DEAD_LETTER_EXCHANGE + "' in queue '" + queue.name() + "' in vhost '" + queue.vhost() + "'"));
    }

    private static Refusal unknownType(Resource queue, FieldTable arguments) {
        FieldValue value = arguments.get(QUEUE_TYPE).orElseThrow();
        if (!(value instanceof FieldValue.LongString text)) {
            return new Refusal.InvalidArgument(queue, QUEUE_TYPE, ArgumentCheck.unacceptable(value));
        }
        return new Refusal.InvalidArgument(queue, QUEUE_TYPE, "\"unsupported queue type '" + text.text() + "'\"");
    }

    private static Optional<Refusal> firstInvalid(Resource queue, QueueType type, FieldTable arguments) {
        for (Rule rule : RULES) {
            Optional<String> wrong =
                    rule.types.contains(type) ? arguments.get(rule.name).flatMap(rule.check::detail) : Optional.empty();
            if (wrong.isPresent()) {
                return Optional.of(new Refusal.InvalidArgument(queue, rule.name, wrong.get()));
            }
        }
        boolean keyAlone = arguments.get("x-dead-letter-routing-key").isPresent()
                && arguments.get(DEAD_LETTER_EXCHANGE).isEmpty();
        return keyAlone
                ? Optional.of(new Refusal.InvalidArgument(
                        queue, "x-dead-letter-routing-key", "routing_key_but_no_dlx_defined"))
                : Optional.empty();
    }

    private static Optional<Refusal> firstUnsuitable(Resource queue, QueueType type, FieldTable arguments) {
        return RULES.stream()
                .filter(rule -> !rule.types.contains(type))
                .filter(rule -> arguments.get(rule.name).isPresent())
                .findFirst()
                .map(rule -> new Refusal.Malformed("invalid arg '" + rule.name + "' for queue '" + queue.name()
                        + "' in vhost '" + queue.vhost() + "' of queue type " + type.rabbitModule()));
    }

    private static List<String> comparedBy(QueueType type) {
        List<String> names = new ArrayList<>(List.of(QUEUE_TYPE));
        RULES.stream().filter(rule -> rule.types.contains(type)).map(Rule::name).forEach(names::add);
        return List.copyOf(names);
    }

    private static Rule accepted(String name, Set<QueueType> types, ArgumentCheck check) {
        return new Rule(name, types, check);
    }

    private static Set<QueueType> only(QueueType type) {
        return EnumSet.of(type);
    }

    private static ArgumentCheck oneOf(String otherwise, String... allowed) {
        return value -> ArgumentCheck.oneOf(value, Arrays.asList(allowed), otherwise);
    }
}
