package io.headrace.catalog;

import java.util.ArrayList;
import java.util.List;

/// Negative look-ahead at the start of a regular expression, taken off: `^(?!a)(?!b)c` finds what `^c` finds, unless it
/// begins with `a` or `b`.
///
/// @param inside what a name must not begin with
/// @param rest the expression without it
record LookAhead(List<String> inside, String rest) {
    private static final String ANCHOR = "^";
    private static final String OPENING = "(?!";

    /// With nothing inside if the expression does not begin so, or has alternatives beside, which it does not govern,
    /// or repeats it.
    static LookAhead of(String expression) {
        List<String> inside = new ArrayList<>();
        int at = ANCHOR.length();
        while (expression.startsWith(ANCHOR) && expression.startsWith(OPENING, at)) {
            int start = at + OPENING.length();
            int end = endOfAlternative(expression, start, true);
            if (end == expression.length()) {
                return new LookAhead(List.of(), expression); // no end: whoever compiles it will say so
            }
            inside.add(expression.substring(start, end));
            at = end + 1;
        }
        boolean repeated = at < expression.length() && "*+?{".indexOf(expression.charAt(at)) >= 0;
        if (inside.isEmpty() || repeated || endOfAlternative(expression, at, false) < expression.length()) {
            return new LookAhead(List.of(), expression);
        }
        return new LookAhead(List.copyOf(inside), ANCHOR + expression.substring(at));
    }

    /// Where a group that is open at `from` is closed, or where the next alternative begins at its level; the length
    /// if nowhere.
    ///
    /// @param whole whether alternatives belong to what is looked for
    private static int endOfAlternative(String expression, int from, boolean whole) {
        int depth = 0;
        boolean inClass = false;
        for (int at = from; at < expression.length(); at++) {
            char character = expression.charAt(at);
            if (character == '\\') {
                at++;
            } else if (inClass) {
                inClass = character != ']';
            } else if (character == '[') {
                inClass = true;
                at += startOfClass(expression, at);
            } else if (character == '(') {
                depth++;
            } else if (depth == 0 && (character == ')' || character == '|' && !whole)) {
                return at;
            } else if (character == ')') {
                depth--;
            }
        }
        return expression.length();
    }

    // a bracket that comes first in a class is one of its characters
    private static int startOfClass(String expression, int at) {
        int negated = expression.startsWith("^", at + 1) ? 1 : 0;
        return negated + (expression.startsWith("]", at + 1 + negated) ? 1 : 0);
    }
}
