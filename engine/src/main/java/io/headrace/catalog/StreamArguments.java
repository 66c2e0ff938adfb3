package io.headrace.catalog;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the arguments of a stream queue mean for its topic, and a stream's way to write a span of time.
public final class StreamArguments {
    static final String MAX_AGE = "x-max-age";
    static final String SEGMENT_BYTES = "x-stream-max-segment-size-bytes";

    private static final String MAX_BYTES = "x-max-length-bytes";
    /// RabbitMQ's, to compare with; a segment of a topic is between Kafka's bounds.
    static final long SEGMENT_BYTES_MAX = 3_000_000_000L;
    static final String FILTER_BYTES = "x-stream-filter-size-bytes";
    static final int FILTER_BYTES_MIN = 16;
    static final int FILTER_BYTES_MAX = 255;
    private static final long NORMAL_SEGMENT_BYTES = 500_000_000L;
    private static final long KAFKA_SEGMENT_BYTES_MIN = 1 << 20;
    private static final long KAFKA_SEGMENT_BYTES_MAX = Integer.MAX_VALUE;
    private static final Map<Character, Long> UNIT_SECONDS =
            Map.of('Y', 31_536_000L, 'M', 2_592_000L, 'D', 86_400L, 'h', 3_600L, 'm', 60L, 's', 1L);
    private static final int DIGITS_MAX = 9;

    private StreamArguments() {}

    /// The settings of the topic of a stream with these arguments, which are valid. Without any, a stream keeps
    /// everything, as in RabbitMQ, where a topic keeps a week.
    static Map<String, String> topicSettings(FieldTable arguments) {
        var settings = new TreeMap<String, String>();
        settings.put(
                "retention.ms",
                String.valueOf(
                        arguments.text(MAX_AGE).flatMap(StreamArguments::millis).orElse(-1L)));
        number(arguments, MAX_BYTES).ifPresent(bytes -> settings.put("retention.bytes", String.valueOf(bytes)));
        long segment = number(arguments, SEGMENT_BYTES).orElse(NORMAL_SEGMENT_BYTES);
        settings.put("segment.bytes", String.valueOf(segment(segment)));
        return settings;
    }

    /// The settings of a topic as policies have them, over its own.
    ///
    /// @param policies the definition that acts on its stream queue
    static SortedMap<String, String> governed(SortedMap<String, String> own, FieldTable policies) {
        var settings = new TreeMap<>(own);
        policies.text("max-age")
                .flatMap(StreamArguments::millis)
                .ifPresent(millis -> settings.put("retention.ms", String.valueOf(millis)));
        number(policies, "max-length-bytes").ifPresent(bytes -> settings.put("retention.bytes", String.valueOf(bytes)));
        number(policies, "stream-max-segment-size-bytes")
                .ifPresent(bytes -> settings.put("segment.bytes", String.valueOf(segment(bytes))));
        return settings;
    }

    private static long segment(long bytes) {
        return Math.clamp(bytes, KAFKA_SEGMENT_BYTES_MIN, KAFKA_SEGMENT_BYTES_MAX);
    }

    /// `7D`, `12h`: a number of years, months of 30 days, days, hours, minutes or seconds; empty if it is not one.
    public static Optional<Long> millis(String span) {
        int digits = span.length() - 1;
        Long seconds = digits < 1 ? null : UNIT_SECONDS.get(span.charAt(digits));
        if (seconds == null
                || digits > DIGITS_MAX
                || !span.chars().limit(digits).allMatch(digit -> digit >= '0' && digit <= '9')) {
            return Optional.empty();
        }
        long count = Long.parseLong(span.substring(0, digits));
        return count == 0 ? Optional.empty() : Optional.of(count * seconds * 1000);
    }

    static Optional<String> age(FieldValue value) {
        return ArgumentCheck.text(value)
                .or(() -> millis(((FieldValue.LongString) value).text()).isPresent()
                        ? Optional.empty()
                        : Optional.of("invalid_max_age"));
    }

    static Optional<Refusal> segmentTooLarge(FieldTable arguments) {
        return number(arguments, SEGMENT_BYTES).orElse(0) > SEGMENT_BYTES_MAX
                ? Optional.of(new Refusal.Malformed("Exceeded max value for " + SEGMENT_BYTES))
                : Optional.empty();
    }

    static Optional<Refusal> badFilterSize(FieldTable arguments) {
        long bytes = number(arguments, FILTER_BYTES).orElse(FILTER_BYTES_MIN);
        return bytes < FILTER_BYTES_MIN || bytes > FILTER_BYTES_MAX
                ? Optional.of(new Refusal.Malformed("Invalid value for  " + FILTER_BYTES))
                : Optional.empty();
    }

    private static OptionalLong number(FieldTable arguments, String name) {
        return arguments.get(name).map(FieldValue::integer).orElse(OptionalLong.empty());
    }
}
