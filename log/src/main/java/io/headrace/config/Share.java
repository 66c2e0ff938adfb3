package io.headrace.config;

import java.util.Optional;
import java.util.regex.Pattern;

/// So much of something: a size, or a part of the whole (`0.4`).
public sealed interface Share {
    Pattern DECIMAL = Pattern.compile("[0-9]{1,9}\\.[0-9]{1,18}");

    /// @param fraction of the whole; may be more than 1
    record Part(double fraction) implements Share {
        @Override
        public long of(long whole) {
            return (long) (fraction * whole);
        }

        @Override
        public String toString() {
            return Double.toString(fraction);
        }
    }

    record Bytes(long bytes) implements Share {
        @Override
        public long of(long whole) {
            return bytes;
        }

        @Override
        public String toString() {
            return Quantity.BYTES.text(bytes);
        }
    }

    /// In bytes, where the whole has `whole`.
    long of(long whole);

    /// A number with a point is a part, anything else a size: `0.4`, `512MiB`, `1GB`. Empty if it is neither.
    static Optional<Share> parse(String text) {
        if (DECIMAL.matcher(text).matches()) {
            return Optional.of(new Part(Double.parseDouble(text)));
        }
        return Quantity.BYTES.parse(text).filter(bytes -> bytes >= 0).map(Bytes::new);
    }
}
