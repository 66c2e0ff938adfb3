package io.headrace.catalog;

import static io.headrace.catalog.QueueType.CLASSIC;
import static io.headrace.catalog.QueueType.QUORUM;
import static io.headrace.catalog.QueueType.STREAM;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// The keys that policies may have: with which values, for which queue types, and what holds if an argument, a policy
/// and an operator policy all say something.
final class PolicyRules {
    /// Which of two values holds.
    private enum Merge {
        /// The smaller number.
        SMALLER,
        /// As [#SMALLER], but a negative number is no limit.
        SMALLER_LIMIT,
        /// The queue's own; between policies the operator's.
        OWN,
        /// The policy's; between policies the operator's.
        POLICY
    }

    /// @param types of queues that it suits; empty if it is not for queues
    /// @param what the value is, in RabbitMQ's words
    /// @param operator whether operator policies may have it
    private record Rule(
            String key,
            Set<QueueType> types,
            Predicate<FieldValue> valid,
            String what,
            Merge merge,
            boolean operator) {}

    private static final Set<QueueType> ALL = EnumSet.allOf(QueueType.class);
    private static final Set<QueueType> BOTH = EnumSet.of(CLASSIC, QUORUM);
    private static final Set<QueueType> NO_QUEUE = EnumSet.noneOf(QueueType.class);

    private static final Map<String, Rule> RULES = byKey(
            rule("alternate-exchange", NO_QUEUE, PolicyRules::text, "a valid alternate exchange name", Merge.OWN),
            rule("consumer-timeout", BOTH, atLeast(0), "a valid consumer timeout", Merge.SMALLER),
            rule("dead-letter-exchange", BOTH, PolicyRules::text, "a valid dead letter exchange name", Merge.OWN),
            rule("dead-letter-routing-key", BOTH, PolicyRules::text, "a valid dead letter routing key", Merge.OWN),
            rule(
                    "dead-letter-strategy",
                    only(QUORUM),
                    oneOf("at-most-once", "at-least-once"),
                    "a valid dead letter strategy",
                    Merge.OWN),
            rule(
                    "delayed-retry-type",
                    only(QUORUM),
                    oneOf("disabled", "all", "failed", "returned"),
                    "a valid delayed retry type",
                    Merge.OWN),
            rule(
                    "delayed-retry-min",
                    only(QUORUM),
                    upTo(ArgumentCheck.MAX_EXPIRY_MILLIS),
                    "a valid delay",
                    Merge.SMALLER),
            rule(
                    "delayed-retry-max",
                    only(QUORUM),
                    upTo(ArgumentCheck.MAX_EXPIRY_MILLIS),
                    "a valid delay",
                    Merge.SMALLER),
            operatorRule("delivery-limit", only(QUORUM), integer(), "a valid delivery limit", Merge.SMALLER_LIMIT),
            operatorRule("expires", BOTH, atLeast(1), "a valid queue expiry", Merge.SMALLER),
            operatorRule("message-ttl", BOTH, atLeast(0), "a valid message TTL", Merge.SMALLER),
            operatorRule("max-length", BOTH, atLeast(0), "a valid maximum length", Merge.SMALLER),
            operatorRule("max-length-bytes", ALL, atLeast(0), "a valid maximum length in bytes", Merge.SMALLER),
            operatorRule(
                    "max-in-memory-length",
                    only(QUORUM),
                    atLeast(0),
                    "a valid maximum memory in bytes", // as RabbitMQ says it
                    Merge.SMALLER),
            operatorRule(
                    "max-in-memory-bytes", only(QUORUM), atLeast(0), "a valid maximum memory in bytes", Merge.SMALLER),
            operatorRule(
                    "overflow",
                    BOTH,
                    oneOf("drop-head", "reject-publish", "reject-publish-dlx"),
                    "a valid overflow value",
                    Merge.OWN),
            rule("queue-mode", only(CLASSIC), oneOf("default", "lazy"), "a valid queue-mode value", Merge.OWN),
            operatorRule(
                    "queue-version",
                    only(CLASSIC),
                    value -> number(value, 1) && value.integer().getAsLong() <= 2,
                    "a valid queue-version value",
                    Merge.OWN),
            rule(
                    "queue-leader-locator",
                    ALL,
                    oneOf("client-local", "balanced", "random", "least-leaders"),
                    "a valid queue leader locator value",
                    Merge.OWN),
            rule(
                    "queue-master-locator",
                    only(CLASSIC),
                    oneOf("client-local", "min-masters", "random"),
                    "a valid queue-master-locator value",
                    Merge.OWN),
            rule("initial-cluster-size", EnumSet.of(QUORUM, STREAM), atLeast(1), "a valid cluster size", Merge.OWN),
            operatorRule("target-group-size", only(QUORUM), atLeast(1), "a valid target count", Merge.OWN),
            rule(
                    "max-age",
                    only(STREAM),
                    value -> StreamArguments.age(value).isEmpty(),
                    "a valid max age",
                    Merge.POLICY),
            rule(
                    "stream-max-segment-size-bytes",
                    only(STREAM),
                    value -> number(value, 0) && value.integer().getAsLong() <= StreamArguments.SEGMENT_BYTES_MAX,
                    "a valid segment size",
                    Merge.POLICY),
            rule(
                    "stream-filter-size-bytes",
                    only(STREAM),
                    value -> number(value, StreamArguments.FILTER_BYTES_MIN)
                            && value.integer().getAsLong() <= StreamArguments.FILTER_BYTES_MAX,
                    "a valid filter size. Valid range is 16-255",
                    Merge.POLICY),
            // mirrored queues of RabbitMQ 3: one node has nothing to mirror to, and files of definitions are full of
            // them
            rule("ha-mode", NO_QUEUE, oneOf("all", "exactly", "nodes"), "a valid ha-mode value", Merge.OWN),
            rule("ha-params", NO_QUEUE, _ -> true, "", Merge.OWN),
            rule("ha-sync-mode", NO_QUEUE, _ -> true, "", Merge.OWN),
            rule("ha-sync-batch-size", NO_QUEUE, _ -> true, "", Merge.OWN),
            rule("ha-promote-on-shutdown", NO_QUEUE, _ -> true, "", Merge.OWN),
            rule("ha-promote-on-failure", NO_QUEUE, _ -> true, "", Merge.OWN));

    private static final Rule UNKNOWN = rule("", NO_QUEUE, _ -> false, "", Merge.OWN);

    private PolicyRules() {}

    /// What is wrong with a definition, in RabbitMQ's words: of a value first, then of keys.
    static Optional<String> wrong(FieldTable definition, boolean operator) {
        if (definition.isEmpty()) {
            return Optional.of("no policy provided");
        }
        Map<String, FieldValue> sorted = new TreeMap<>(definition.fields());
        Map<String, FieldValue> unknown = new LinkedHashMap<>();
        for (Map.Entry<String, FieldValue> field : sorted.entrySet()) {
            Rule rule = RULES.get(field.getKey());
            if (rule == null || operator && !rule.operator) {
                unknown.put(field.getKey(), field.getValue());
            } else if (!rule.valid.test(field.getValue())) {
                return Optional.of(ErlangTerm.of(field.getValue()) + " is not " + rule.what);
            }
        }
        return unknown.isEmpty()
                ? Optional.empty()
                : Optional.of(ErlangTerm.pairs(unknown) + " are not recognised policy settings");
    }

    /// Whether a queue of this type can have all of a definition. One that it cannot have whole does not act on it, as
    /// in RabbitMQ.
    static boolean suits(FieldTable definition, QueueType type) {
        return definition.fields().keySet().stream()
                .map(PolicyRules::rule)
                .allMatch(rule -> rule.types.isEmpty() || rule.types.contains(type));
    }

    /// A policy and an operator policy together.
    static FieldTable together(FieldTable policy, FieldTable operatorPolicy) {
        Map<String, FieldValue> merged = new TreeMap<>(policy.fields());
        operatorPolicy
                .fields()
                .forEach((key, value) ->
                        merged.merge(key, value, (fromPolicy, fromOperator) -> switch (rule(key).merge) {
                            case SMALLER -> smaller(fromPolicy, fromOperator);
                            case SMALLER_LIMIT -> smallerLimit(fromPolicy, fromOperator);
                            case OWN, POLICY -> fromOperator;
                        }));
        return new FieldTable(merged);
    }

    /// What a thing of its own brought and what policies say, together.
    ///
    /// @param own by the names that policies use
    static FieldTable effective(FieldTable own, FieldTable policies, boolean stream) {
        Map<String, FieldValue> merged = new LinkedHashMap<>(own.fields());
        policies.fields()
                .forEach((key, value) -> merged.merge(
                        key,
                        value,
                        (brought, fromPolicy) -> stream
                                ? fromPolicy // of a stream the policy wins, as RabbitMQ documents
                                : switch (rule(key).merge) {
                                    case SMALLER -> smaller(brought, fromPolicy);
                                    case SMALLER_LIMIT -> smallerLimit(brought, fromPolicy);
                                    case OWN -> brought;
                                    case POLICY -> fromPolicy;
                                }));
        return new FieldTable(merged);
    }

    // one that another version knew acts on nothing
    private static Rule rule(String key) {
        return RULES.getOrDefault(key, UNKNOWN);
    }

    private static FieldValue smaller(FieldValue one, FieldValue other) {
        return number(one) <= number(other) ? one : other;
    }

    private static FieldValue smallerLimit(FieldValue one, FieldValue other) {
        if (number(one) < 0) {
            return other;
        }
        return number(other) < 0 ? one : smaller(one, other);
    }

    // checked when it was declared; what nobody checks does not get here
    private static long number(FieldValue value) {
        return value.integer().orElse(Long.MAX_VALUE);
    }

    private static boolean text(FieldValue value) {
        return value instanceof FieldValue.LongString;
    }

    private static boolean number(FieldValue value, long least) {
        return value.integer().isPresent() && value.integer().getAsLong() >= least;
    }

    private static Predicate<FieldValue> integer() {
        return atLeast(Long.MIN_VALUE);
    }

    private static Predicate<FieldValue> atLeast(long least) {
        return value -> number(value, least);
    }

    private static Predicate<FieldValue> upTo(long most) {
        return value -> number(value, 0) && value.integer().getAsLong() <= most;
    }

    private static Predicate<FieldValue> oneOf(String... allowed) {
        return value ->
                value instanceof FieldValue.LongString text && List.of(allowed).contains(text.text());
    }

    private static Set<QueueType> only(QueueType type) {
        return EnumSet.of(type);
    }

    private static Rule rule(String key, Set<QueueType> types, Predicate<FieldValue> valid, String what, Merge merge) {
        return new Rule(key, types, valid, what, merge, false);
    }

    private static Rule operatorRule(
            String key, Set<QueueType> types, Predicate<FieldValue> valid, String what, Merge merge) {
        return new Rule(key, types, valid, what, merge, true);
    }

    private static Map<String, Rule> byKey(Rule... rules) {
        Map<String, Rule> byKey = new LinkedHashMap<>();
        for (Rule rule : rules) {
            byKey.put(rule.key, rule);
        }
        return byKey;
    }
}
