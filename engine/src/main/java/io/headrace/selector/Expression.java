package io.headrace.selector;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.selector.Term.Atom;
import io.headrace.selector.Term.Bytes;
import io.headrace.selector.Term.Items;
import io.headrace.selector.Term.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What a term asks of headers. A term that is no question is its own answer, as with the plugin: `{1,2,3,4,5}` is
/// itself, and so no truth.
sealed interface Expression {
    /// @throws Unanswerable where the plugin ends in an error
    Term value(FieldTable headers);

    /// A question that makes no sense for these headers: a text plus a number, a header of a type without order.
    final class Unanswerable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unanswerable(String message) {
            super(message, null, false, false);
        }
    }

    static Expression of(Term term) {
        return switch (term) {
            case Tuple(List<Term> parts) when parts.size() == 2 -> ofTwo(parts.getFirst(), parts.getLast());
            case Tuple(List<Term> parts) when parts.size() == 3 -> ofThree(parts);
            case Tuple(List<Term> parts) when parts.size() == 4 -> ofFour(term, parts);
            case Tuple _, Term.Int _, Term.Real _, Atom _, Items _, Bytes _ -> new Constant(term);
        };
    }

    private static String name(Term operator) {
        return operator instanceof Atom(String name) ? name : "";
    }

    private static Expression ofTwo(Term operator, Term operand) {
        return switch (name(operator)) {
            case "not" -> new Not(of(operand));
            case "ident" -> header(operand);
            case "is_null" -> new IsNull(operand(operand));
            case "not_null" -> new Not(new IsNull(operand(operand)));
            default -> new Unary(name(operator), of(operand));
        };
    }

    // a name that is none is of no header
    private static Expression header(Term name) {
        return name instanceof Bytes(byte[] bytes)
                ? new Header(new String(bytes, StandardCharsets.UTF_8))
                : new Constant(Term.UNDEFINED);
    }

    // what IS NULL and LIKE look at: a header, or else the term itself, not its value
    private static Expression operand(Term term) {
        return term instanceof Tuple(List<Term> parts)
                        && parts.size() == 2
                        && name(parts.getFirst()).equals("ident")
                ? header(parts.getLast())
                : new Constant(term);
    }

    private static Expression ofThree(List<Term> parts) {
        String operator = name(parts.getFirst());
        Term left = parts.get(1);
        Term right = parts.get(2);
        if (operator.equals("and")) {
            return new And(of(left), of(right));
        }
        if (operator.equals("or")) {
            return new Or(of(left), of(right));
        }
        if (right instanceof Tuple(List<Term> range)
                && range.size() == 3
                && name(range.getFirst()).equals("range")) {
            return of(new Tuple(List.of(parts.getFirst(), left, range.get(1), range.get(2))));
        }
        return new Binary(operator, of(left), of(right));
    }

    private static Expression ofFour(Term whole, List<Term> parts) {
        Term first = parts.get(1);
        Term second = parts.get(2);
        Term third = parts.get(3);
        return switch (name(parts.getFirst())) {
            case "like" -> like(first, second, third);
            case "not_like" -> new Not(like(first, second, third));
            case "between" -> new Between(of(first), of(second), of(third));
            case "not_between" -> new Not(new Between(of(first), of(second), of(third)));
            default -> new Constant(whole);
        };
    }

    private static Expression like(Term text, Term pattern, Term escape) {
        if (pattern instanceof Bytes(byte[] bytes)) {
            if (escape instanceof Bytes(byte[] one) && one.length == 1) {
                return new Like(operand(text), LikePattern.of(bytes, one[0]));
            }
            if (name(escape).equals("no_escape")) {
                return new Like(operand(text), LikePattern.of(bytes));
            }
        }
        return new BadLike(operand(text));
    }

    record Constant(Term value) implements Expression {
        @Override
        public Term value(FieldTable headers) {
            return value;
        }
    }

    record Header(String name) implements Expression {
        @Override
        public Term value(FieldTable headers) {
            return headers.get(name).map(Header::term).orElse(Term.UNDEFINED);
        }

        private static Term term(FieldValue value) {
            return switch (value) {
                case FieldValue.LongString(byte[] bytes) -> new Bytes(bytes);
                case FieldValue.Int8(byte number) -> Term.of(number);
                case FieldValue.Int16(short number) -> Term.of(number);
                case FieldValue.Int32(int number) -> Term.of(number);
                case FieldValue.Int64(long number) -> Term.of(number);
                case FieldValue.Float32(float number) -> Arithmetic.finite(number);
                case FieldValue.Float64(double number) -> Arithmetic.finite(number);
                case FieldValue.Bool(boolean truth) -> Term.of(truth);
                case FieldValue.UInt8 _, FieldValue.UInt16 _, FieldValue.UInt32 _, FieldValue.Decimal _ ->
                    throw new Unanswerable("a header of type " + value.typeName());
                case FieldValue.Timestamp _, FieldValue.Array _, FieldValue.Table _ ->
                    throw new Unanswerable("a header of type " + value.typeName());
                case FieldValue.Nothing _, FieldValue.Binary _ ->
                    throw new Unanswerable("a header of type " + value.typeName());
            };
        }
    }

    record Not(Expression of) implements Expression {
        @Override
        public Term value(FieldTable headers) {
            Term value = of.value(headers);
            return value.equals(Term.TRUE) ? Term.FALSE : value.equals(Term.FALSE) ? Term.TRUE : Term.UNDEFINED;
        }
    }

    /// Both sides are looked at in any case, as the plugin does.
    record And(Expression left, Expression right) implements Expression {
        @Override
        public Term value(FieldTable headers) {
            Term one = left.value(headers);
            Term other = right.value(headers);
            if (one.equals(Term.FALSE) || other.equals(Term.FALSE)) {
                return Term.FALSE;
            }
            return one.equals(Term.TRUE) && other.equals(Term.TRUE) ? Term.TRUE : Term.UNDEFINED;
        }
    }

    record Or(Expression left, Expression right) implements Expression {
        @Override
        public Term value(FieldTable headers) {
            Term one = left.value(headers);
            Term other = right.value(headers);
            if (one.equals(Term.TRUE) || other.equals(Term.TRUE)) {
                return Term.TRUE;
            }
            return one.equals(Term.FALSE) && other.equals(Term.FALSE) ? Term.FALSE : Term.UNDEFINED;
        }
    }

    record IsNull(Expression operand) implements Expression {
        @Override
        public Term value(FieldTable headers) {
            return Term.of(operand.value(headers).equals(Term.UNDEFINED));
        }
    }

    record Between(Expression of, Expression low, Expression high) implements Expression {
        @Override
        public Term value(FieldTable headers) {
            Term value = of.value(headers);
            Term from = low.value(headers);
            Term to = high.value(headers);
            if (value.equals(Term.UNDEFINED) || from.equals(Term.UNDEFINED) || to.equals(Term.UNDEFINED)) {
                return Term.UNDEFINED;
            }
            return Term.of(Term.compare(from, value) <= 0 && Term.compare(value, to) <= 0);
        }
    }

    record Like(Expression operand, LikePattern pattern) implements Expression {
        @Override
        public Term value(FieldTable headers) {
            Term value = operand.value(headers);
            if (value.equals(Term.UNDEFINED)) {
                return value;
            }
            if (value instanceof Bytes(byte[] text)) {
                return Term.of(pattern.matches(text));
            }
            throw new Unanswerable("LIKE of " + value);
        }
    }

    /// A pattern that is no text, or an escape that is not one character.
    record BadLike(Expression operand) implements Expression {
        @Override
        public Term value(FieldTable headers) {
            Term value = operand.value(headers);
            if (value.equals(Term.UNDEFINED)) {
                return value;
            }
            throw new Unanswerable("LIKE without a pattern");
        }
    }

    record Unary(String operator, Expression operand) implements Expression {
        @Override
        public Term value(FieldTable headers) {
            Term value = operand.value(headers);
            if (value.equals(Term.UNDEFINED)) {
                return value;
            }
            return switch (operator) {
                case "-" -> Arithmetic.negated(value);
                case "+" -> Arithmetic.number(value);
                default -> Arithmetic.ERROR;
            };
        }
    }

    record Binary(String operator, Expression left, Expression right) implements Expression {
        @Override
        public Term value(FieldTable headers) {
            Term one = left.value(headers);
            Term other = right.value(headers);
            if (one.equals(Term.UNDEFINED) || other.equals(Term.UNDEFINED)) {
                return Term.UNDEFINED;
            }
            return switch (operator) {
                case "=" -> Term.of(Term.compare(one, other) == 0);
                case "<>" -> Term.of(Term.compare(one, other) != 0);
                case ">" -> Term.of(Term.compare(one, other) > 0);
                case "<" -> Term.of(Term.compare(one, other) < 0);
                case ">=" -> Term.of(Term.compare(one, other) >= 0);
                case "<=" -> Term.of(Term.compare(one, other) <= 0);
                case "in" -> Term.of(among(one, other));
                case "not_in" -> Term.of(!among(one, other));
                case "+", "-", "*", "/" -> Arithmetic.of(operator.charAt(0), one, other);
                default -> Arithmetic.ERROR;
            };
        }

        // 1 is not among [1.0]
        private static boolean among(Term one, Term list) {
            if (list instanceof Items(List<Term> elements)) {
                return elements.contains(one);
            }
            throw new Unanswerable("IN something that is no list");
        }
    }
}
