package io.headrace.message;

/// The text of the `expiration` property: milliseconds in decimal digits.
final class Expiration {
    /// Ten years: RabbitMQ's bound for everything that expires.
    static final long MAX_MILLIS = 315_360_000_000L;

    private Expiration() {}

    static long parse(String text) {
        int digits = 0;
        int start = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        while (start + digits < text.length() && isDigit(text.charAt(start + digits))) {
            digits++;
        }
        if (digits == 0) {
            throw invalid(text, "no_integer");
        }
        String leftover = text.substring(start + digits);
        if (!leftover.isEmpty()) {
            throw invalid(text, "{leftover_string,\"" + leftover + "\"}");
        }
        if (text.startsWith("-")) {
            throw invalid(text, "{value_negative," + text + "}");
        }
        // more digits than the bound has would not fit a long
        String number = text.substring(start);
        if (number.length() > 15 || Long.parseLong(number) > MAX_MILLIS) {
            throw invalid(text, "{value_too_large," + number + "}");
        }
        return Long.parseLong(number);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static MalformedException invalid(String text, String detail) {
        return new MalformedException("invalid expiration '" + text + "': " + detail);
    }
}
