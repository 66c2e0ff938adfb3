package io.headrace.ctl;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Sizes as people write them to RabbitMQ's tools, and as those print them.
final class Sizes {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})([A-Za-z]*)");
    private static final Pattern FRACTION = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,18})?");
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("k", 1L << 10),
            Map.entry("kib", 1L << 10),
            Map.entry("m", 1L << 20),
            Map.entry("mib", 1L << 20),
            Map.entry("g", 1L << 30),
            Map.entry("gib", 1L << 30),
            Map.entry("t", 1L << 40),
            Map.entry("tib", 1L << 40),
            Map.entry("kb", 1_000L),
            Map.entry("mb", 1_000_000L),
            Map.entry("gb", 1_000_000_000L),
            Map.entry("tb", 1_000_000_000_000L),
            Map.entry("b", 1L),
            Map.entry("bytes", 1L));

    private Sizes() {}

    /// A number of bytes: of `50MB`, `2GiB`, `100`. Empty if it is none.
    static Optional<String> bytes(String text) {
        var matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        var unit = UNITS.get(matcher.group(2).toLowerCase(Locale.ROOT));
        if (unit == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Long.toString(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit)));
        } catch (ArithmeticException _) {
            return Optional.empty();
        }
    }

    /// With a point, by which the broker tells a part from a size.
    static Optional<String> fraction(String text) {
        if (!FRACTION.matcher(text).matches()) {
            return Optional.empty();
        }
        return Optional.of(text.contains(".") ? text : text + ".0");
    }

    static boolean isUnit(String unit) {
        return UNITS.containsKey(unit.toLowerCase(Locale.ROOT));
    }

    /// `0.1404`: in a unit, to four places, with one at least.
    static String in(long bytes, String unit) {
        var amount = BigDecimal.valueOf(bytes)
                .divide(BigDecimal.valueOf(UNITS.get(unit.toLowerCase(Locale.ROOT))), 4, RoundingMode.HALF_UP);
        return atLeastOnePlace(amount);
    }

    static String percent(long part, long whole) {
        return whole == 0
                ? "0.0"
                : atLeastOnePlace(BigDecimal.valueOf(100L)
                        .multiply(BigDecimal.valueOf(part))
                        .divide(BigDecimal.valueOf(whole), 2, RoundingMode.HALF_UP));
    }

    private static String atLeastOnePlace(BigDecimal amount) {
        var shortest = amount.stripTrailingZeros();
        return (shortest.scale() < 1 ? shortest.setScale(1) : shortest).toPlainString();
    }
}
