package io.headrace.selector;

import io.headrace.selector.Expression.Unanswerable;
import io.headrace.selector.Term.Atom;
import io.headrace.selector.Term.Int;
import io.headrace.selector.Term.Real;
import java.math.BigInteger;

/// Erlang's: integers of nearly any size, a float as soon as one is a float or anything is divided.
final class Arithmetic {
    /// What the plugin answers to operators that it does not know.
    static final Term ERROR = new Atom("error");

    private static final int BITS_MAX = 1_024; // more than a float can be
    private static final Term ZERO = Term.of(0);

    private Arithmetic() {}

    static Term of(char operator, Term left, Term right) {
        if (operator == '/') {
            return Term.compare(right, ZERO) == 0 ? byZero(left) : finite(real(left) / real(right));
        }
        if (left instanceof Int(BigInteger one) && right instanceof Int(BigInteger other)) {
            return bounded(
                    switch (operator) {
                        case '+' -> one.add(other);
                        case '-' -> one.subtract(other);
                        case '*' -> one.multiply(other);
                        default -> throw new IllegalArgumentException("operator " + operator);
                    });
        }
        double one = real(left);
        double other = real(right);
        return finite(
                switch (operator) {
                    case '+' -> one + other;
                    case '-' -> one - other;
                    case '*' -> one * other;
                    default -> throw new IllegalArgumentException("operator " + operator);
                });
    }

    private static Term bounded(BigInteger number) {
        if (number.bitLength() > BITS_MAX) {
            throw new Unanswerable("beyond all numbers");
        }
        return new Int(number);
    }

    // the plugin has names for it
    private static Term byZero(Term left) {
        int sign = Term.compare(left, ZERO);
        return new Atom(sign > 0 ? "plus_infinity" : sign < 0 ? "minus_infinity" : "nan");
    }

    static Term negated(Term value) {
        return value instanceof Int(BigInteger number) ? new Int(number.negate()) : finite(-real(value));
    }

    static Term number(Term value) {
        return value instanceof Int ? value : finite(real(value));
    }

    static Term finite(double value) {
        if (!Double.isFinite(value)) {
            throw new Unanswerable("beyond all numbers");
        }
        return new Real(value);
    }

    private static double real(Term value) {
        return switch (value) {
            case Int(BigInteger number) -> number.doubleValue();
            case Real(double number) -> number;
            case Atom _, Term.Tuple _, Term.Items _, Term.Bytes _ -> throw new Unanswerable("no number: " + value);
        };
    }
}
