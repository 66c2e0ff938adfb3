package io.headrace.catalog;

import io.headrace.catalog.Refusal.Inequivalent;
import io.headrace.catalog.Refusal.Value;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.Collection;
import java.util.Optional;

/// Whether a second declaration says the same as the first. Each method is empty if it does.
final class Equivalence {
    private Equivalence() {}

    static Optional<Refusal> flag(Resource resource, String name, boolean received, boolean current) {
        return received == current
                ? Optional.empty()
                : Optional.of(different(resource, name, String.valueOf(received), String.valueOf(current)));
    }

    static Optional<Refusal> text(Resource resource, String name, String received, String current) {
        return received.equals(current) ? Optional.empty() : Optional.of(different(resource, name, received, current));
    }

    /// Compares the arguments of these names only, in their order.
    static Optional<Refusal> arguments(
            Resource resource, Collection<String> names, FieldTable received, FieldTable current) {
        return names.stream()
                .flatMap(name -> argument(resource, name, received.get(name), current.get(name)).stream())
                .findFirst();
    }

    private static Optional<Refusal> argument(
            Resource resource, String name, Optional<FieldValue> received, Optional<FieldValue> current) {
        if (received.isPresent() && current.isPresent()) {
            return received.get().sameMeaning(current.get())
                    ? Optional.empty()
                    : Optional.of(different(resource, name, display(received.get()), display(current.get())));
        }
        return received.equals(current)
                ? Optional.empty()
                : Optional.of(new Inequivalent(
                        resource, name, received.map(Equivalence::typed), current.map(Equivalence::typed)));
    }

    private static Refusal different(Resource resource, String name, String received, String current) {
        return new Inequivalent(
                resource, name, Optional.of(new Value(received, "")), Optional.of(new Value(current, "")));
    }

    /// RabbitMQ names the type only where there is nothing on the other side.
    private static Value typed(FieldValue value) {
        return new Value(display(value), value.typeName());
    }

    static String display(FieldValue value) {
        return switch (value) {
            case FieldValue.LongString string -> string.text();
            case FieldValue.Bool(boolean flag) -> String.valueOf(flag);
            case FieldValue.Float32(float number) -> String.valueOf(number);
            case FieldValue.Float64(double number) -> String.valueOf(number);
            case FieldValue.Timestamp(long seconds) -> String.valueOf(seconds);
            case FieldValue.Nothing _ -> "undefined";
            case FieldValue.Int8 _,
                    FieldValue.UInt8 _,
                    FieldValue.Int16 _,
                    FieldValue.UInt16 _,
                    FieldValue.Int32 _,
                    FieldValue.UInt32 _,
                    FieldValue.Int64 _ -> String.valueOf(value.integer().getAsLong());
            case FieldValue.Decimal(int scale, int unscaled) -> "{" + scale + "," + unscaled + "}";
            case FieldValue.Array _, FieldValue.Table _, FieldValue.Binary _ -> value.typeName();
        };
    }
}
