package io.headrace.catalog;

import io.headrace.message.FieldValue;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Whether the value of an argument is valid; if not, RabbitMQ's term that says why.
interface ArgumentCheck {
    /// Ten years.
    long MAX_EXPIRY_MILLIS = 315_360_000_000L;

    int MAX_PRIORITY = 255;

    Optional<String> detail(FieldValue value);

    static Optional<String> integer(FieldValue value) {
        return value.integer().isPresent()
                ? Optional.empty()
                : Optional.of("\"expected integer, got " + value.typeName() + "\"");
    }

    static Optional<String> notNegative(FieldValue value) {
        return integer(value).or(() -> number(value) < 0 ? term("value_negative", value) : Optional.empty());
    }

    static Optional<String> positive(FieldValue value) {
        return notNegative(value).or(() -> number(value) == 0 ? term("value_zero", value) : Optional.empty());
    }

    static Optional<String> expiry(FieldValue value) {
        return notNegative(value)
                .or(() -> number(value) > MAX_EXPIRY_MILLIS ? term("value_too_large", value) : Optional.empty());
    }

    static Optional<String> expires(FieldValue value) {
        return positive(value).or(() -> expiry(value));
    }

    static Optional<String> priority(FieldValue value) {
        return notNegative(value)
                .or(() -> number(value) > MAX_PRIORITY ? term("max_value_exceeded", value) : Optional.empty());
    }

    static Optional<String> queueVersion(FieldValue value) {
        return notNegative(value)
                .or(() -> number(value) < 1 || number(value) > 2
                        ? Optional.of("\"unsupported queue version '" + number(value) + "'\"")
                        : Optional.empty());
    }

    static Optional<String> queueMode(FieldValue value) {
        return text(value)
                .or(() -> List.of("default", "lazy").contains(string(value))
                        ? Optional.empty()
                        : Optional.of("\"unsupported queue mode '" + string(value) + "'\""));
    }

    static Optional<String> bool(FieldValue value) {
        return value instanceof FieldValue.Bool ? Optional.empty() : Optional.of(unacceptable(value));
    }

    static Optional<String> text(FieldValue value) {
        return value instanceof FieldValue.LongString ? Optional.empty() : Optional.of(unacceptable(value));
    }

    static Optional<String> oneOf(FieldValue value, List<String> allowed, String otherwise) {
        return text(value).or(() -> allowed.contains(string(value)) ? Optional.empty() : Optional.of(otherwise));
    }

    static String unacceptable(FieldValue value) {
        return "{unacceptable_type," + value.typeName() + "}";
    }

    private static Optional<String> term(String name, FieldValue value) {
        return Optional.of("{" + name + "," + number(value) + "}");
    }

    private static long number(FieldValue value) {
        OptionalLong number = value.integer();
        return number.getAsLong();
    }

    private static String string(FieldValue value) {
        return ((FieldValue.LongString) value).text();
    }
}
