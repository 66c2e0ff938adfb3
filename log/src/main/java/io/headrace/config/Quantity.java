package io.headrace.config;

import java.util.Optional;
import java.util.regex.Pattern;

/// Numbers with a unit, as people write them: `128MiB`, `10s`.
enum Quantity {
    BYTES("a size such as 64KiB, 128MiB or 1GiB") {
        @Override
        long factor(String unit) {
            return switch (unit) {
                case "", "B" -> 1;
                case "KiB" -> 1L << 10;
                case "MiB" -> 1L << 20;
                case "GiB" -> 1L << 30;
                case "TiB" -> 1L << 40;
                case "kB" -> 1_000;
                case "MB" -> 1_000_000;
                case "GB" -> 1_000_000_000;
                case "TB" -> 1_000_000_000_000L;
                default -> 0;
            };
        }

        @Override
        String text(long value) {
            return largest(value, "TiB", "GiB", "MiB", "KiB", "GB", "MB").orElse(value + "B");
        }
    },
    MILLIS("a time such as 500ms, 10s, 5min, 2h or 7d") {
        @Override
        long factor(String unit) {
            return switch (unit) {
                case "ms" -> 1;
                case "s" -> 1_000;
                case "min" -> 60_000;
                case "h" -> 3_600_000;
                case "d" -> 86_400_000;
                default -> 0;
            };
        }

        @Override
        String text(long value) {
            return largest(value, "d", "h", "min", "s").orElse(value + "ms");
        }
    },
    COUNT("a whole number") {
        @Override
        long factor(String unit) {
            return unit.isEmpty() ? 1 : 0;
        }

        @Override
        String text(long value) {
            return Long.toString(value);
        }
    };

    private static final Pattern NUMBER = Pattern.compile("(-?[0-9]{1,18})\\s*([A-Za-z]*)");

    /// What to write, for a message.
    final String example;

    Quantity(String example) {
        this.example = example;
    }

    /// How many of the base unit one `unit` is; 0 for none of ours.
    abstract long factor(String unit);

    /// In the largest unit that divides it.
    abstract String text(long value);

    /// Empty if `text` is no such quantity, or does not fit in a `long`.
    Optional<Long> parse(String text) {
        var matcher = NUMBER.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        long factor = number == 0 && matcher.group(2).isEmpty() ? 1 : factor(matcher.group(2));
        if (factor == 0 || Math.multiplyHigh(number, factor) != (number * factor) >> 63) {
            return Optional.empty();
        }
        return Optional.of(number * factor);
    }

    Optional<String> largest(long value, String... units) {
        for (String unit : units) {
            if (value != 0 && value % factor(unit) == 0) {
                return Optional.of(value / factor(unit) + unit);
            }
        }
        return Optional.empty();
    }
}
