package io.headrace.catalog;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Optional;

/// A regular expression that is searched for in a name. The time it takes is linear in the name's length,
/// whatever the expression, because it is RE2's syntax: no look-around, no back references. One thing is understood
/// besides, since half of the policies in the world begin with it: negative look-ahead at the start, `^(?!amq\.)`.
///
/// In a permission the empty expression matches the empty name only, as RabbitMQ has it, and no resource has an empty
/// name. In a policy it matches every name.
///
/// Threads: immutable.
public final class SearchPattern {
    static final int MAX_CHARS = 4096;
    private static final String NOTHING = "^$";
    private static final String EVERYTHING = ".*";

    private final Pattern pattern;
    private final List<Pattern> unless; // found at the start
    private final boolean everything;

    private SearchPattern(Pattern pattern, List<Pattern> unless, boolean everything) {
        this.pattern = pattern;
        this.unless = unless;
        this.everything = everything;
    }

    /// As permissions have it.
    ///
    /// @throws IllegalArgumentException it is not valid; see [#refusal]
    public static SearchPattern of(String expression) {
        return compiled(expression.isEmpty() ? NOTHING : expression);
    }

    /// As policies have it: the empty expression is found everywhere.
    ///
    /// @throws IllegalArgumentException it is not valid; see [#refusal]
    static SearchPattern ofPolicy(String expression) {
        return compiled(expression.isEmpty() ? EVERYTHING : expression);
    }

    private static SearchPattern compiled(String expression) {
        try {
            return parsed(expression);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("not a valid pattern: " + expression, e);
        }
    }

    /// @throws PatternSyntaxException it is not valid
    private static SearchPattern parsed(String expression) {
        LookAhead start = LookAhead.of(expression);
        List<Pattern> unless = start.inside().stream()
                .map(inside -> Pattern.compile("^(?:" + inside + ")"))
                .toList();
        return new SearchPattern(Pattern.compile(start.rest()), unless, expression.equals(EVERYTHING));
    }

    /// Why an expression cannot be used; empty if it can.
    public static Optional<Refusal> refusal(String expression) {
        return trouble(expression)
                .map(trouble -> new Refusal.Malformed(
                        expression.length() > MAX_CHARS
                                ? trouble
                                : "invalid regular expression '" + expression + "': " + trouble));
    }

    /// The same in a few words.
    static Optional<String> trouble(String expression) {
        if (expression.length() > MAX_CHARS) {
            return Optional.of("regular expression of more than " + MAX_CHARS + " characters");
        }
        try {
            parsed(expression);
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of(e.getDescription());
        }
    }

    /// An expression that finds just this text.
    static String literal(String text) {
        return Pattern.quote(text);
    }

    /// Found in every name, which is what most users have.
    public boolean everything() {
        return everything;
    }

    public boolean foundIn(String name) {
        for (Pattern forbidden : unless) {
            if (forbidden.matcher(name).find()) {
                return false;
            }
        }
        return pattern.matcher(name).find();
    }
}
