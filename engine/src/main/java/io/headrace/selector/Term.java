package io.headrace.selector;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/// An Erlang term, of the kinds that selectors are made of.
sealed interface Term {
    Term TRUE = new Atom("true");
    Term FALSE = new Atom("false");
    /// What is not there: SQL's null.
    Term UNDEFINED = new Atom("undefined");

    record Int(BigInteger value) implements Term {}

    /// Finite.
    record Real(double value) implements Term {}

    record Atom(String name) implements Term {}

    record Tuple(List<Term> elements) implements Term {
        public Tuple {
            elements = List.copyOf(elements);
        }
    }

    record Items(List<Term> elements) implements Term {
        public Items {
            elements = List.copyOf(elements);
        }
    }

    record Bytes(byte[] bytes) implements Term {
        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes(byte[] theirs) && Arrays.equals(bytes, theirs);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    static Term of(boolean truth) {
        return truth ? TRUE : FALSE;
    }

    static Term of(long number) {
        return new Int(BigInteger.valueOf(number));
    }

    /// Erlang's order of terms: numbers before atoms, tuples, lists, binaries; an integer equals a float of the same
    /// value.
    static int compare(Term one, Term other) {
        int kinds = Integer.compare(kind(one), kind(other));
        if (kinds != 0) {
            return kinds;
        }
        return switch (one) {
            case Int _, Real _ -> exact(one).compareTo(exact(other));
            case Atom(String name) -> name.compareTo(((Atom) other).name);
            case Tuple(List<Term> elements) -> {
                var theirs = ((Tuple) other).elements;
                int sizes = Integer.compare(elements.size(), theirs.size());
                yield sizes != 0 ? sizes : compare(elements, theirs);
            }
            case Items(List<Term> elements) -> compare(elements, ((Items) other).elements);
            case Bytes(byte[] bytes) -> Arrays.compareUnsigned(bytes, ((Bytes) other).bytes);
        };
    }

    private static int compare(List<Term> some, List<Term> others) {
        for (int i = 0; i < Math.min(some.size(), others.size()); i++) {
            int elements = compare(some.get(i), others.get(i));
            if (elements != 0) {
                return elements;
            }
        }
        return Integer.compare(some.size(), others.size());
    }

    private static int kind(Term term) {
        return switch (term) {
            case Int _, Real _ -> 0;
            case Atom _ -> 1;
            case Tuple _ -> 2;
            case Items _ -> 3;
            case Bytes _ -> 4;
        };
    }

    private static BigDecimal exact(Term number) {
        return switch (number) {
            case Int(BigInteger value) -> new BigDecimal(value);
            case Real(double value) -> new BigDecimal(value);
            case Atom _, Tuple _, Items _, Bytes _ -> throw new IllegalArgumentException("no number: " + number);
        };
    }
}
