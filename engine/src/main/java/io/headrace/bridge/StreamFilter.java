package io.headrace.bridge;

import io.headrace.catalog.Refusal;
import io.headrace.catalog.Resource;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.MessageProperties;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which records of a stream a consumer wants: those whose header `x-stream-filter-value` is one of some texts, by its
/// arguments `x-stream-filter` (a text or an array of them) and `x-stream-match-unfiltered` (records without the header
/// too).
///
/// RabbitMQ looks at whole chunks and leaves it to the consumer to look again. Here each record is looked at, so a
/// consumer that looks again finds nothing to leave out.
///
/// @param values empty: all records
public record StreamFilter(Set<String> values, boolean unfilteredToo) {
    public static final StreamFilter NONE = new StreamFilter(Set.of(), true);

    private static final String VALUES = "x-stream-filter";
    private static final String UNFILTERED = "x-stream-match-unfiltered";
    private static final String HEADER = "x-stream-filter-value";
    private static final byte[] HEADER_BYTES = HEADER.getBytes(StandardCharsets.US_ASCII);

    public StreamFilter {
        values = Set.copyOf(values);
    }

    public sealed interface Reading {
        record Read(StreamFilter filter) implements Reading {}

        record Refused(Refusal refusal) implements Reading {}
    }

    /// From the arguments of `basic.consume`.
    public static Reading of(FieldTable arguments, Resource queue) {
        var unfiltered = arguments.get(UNFILTERED).orElse(new FieldValue.Bool(false));
        if (!(unfiltered instanceof FieldValue.Bool(boolean unfilteredToo))) {
            return refused(queue, UNFILTERED, unfiltered);
        }
        var wanted = arguments.get(VALUES);
        if (wanted.isEmpty()) {
            return new Reading.Read(NONE);
        }
        var each = wanted.get() instanceof FieldValue.Array(List<FieldValue> several) ? several : List.of(wanted.get());
        var values = new HashSet<String>();
        for (var value : each) {
            if (!(value instanceof FieldValue.LongString text)) {
                return refused(queue, VALUES, value);
            }
            values.add(text.text());
        }
        return new Reading.Read(values.isEmpty() ? NONE : new StreamFilter(values, unfilteredToo));
    }

    private static Reading refused(Resource queue, String argument, FieldValue value) {
        return new Reading.Refused(
                new Refusal.InvalidArgument(queue, argument, "{unacceptable_type," + value.typeName() + "}"));
    }

    /// Whether a record with these properties is wanted.
    boolean takes(MessageProperties properties) {
        return values.isEmpty()
                || (properties.hasHeader(HEADER_BYTES)
                        ? value(properties).filter(values::contains).isPresent()
                        : unfilteredToo);
    }

    private static Optional<String> value(MessageProperties properties) {
        return properties.headers().text(HEADER);
    }
}
