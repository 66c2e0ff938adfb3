package io.headrace.security;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.headrace.catalog.Refusal;
import java.util.Optional;

/// A regular expression that is searched for in a name. The time it takes is linear in the name's length,
/// whatever the expression, because it is RE2's syntax: no look-around, no back references.
///
/// The empty expression matches the empty name only, as RabbitMQ has it, and no resource has an empty name.
///
/// Threads: immutable.
final class SearchPattern {
    static final int MAX_CHARS = 4096;
    private static final String NOTHING = "^$";
    private static final String EVERYTHING = ".*";

    private final Pattern pattern;
    private final boolean everything;

    private SearchPattern(Pattern pattern, boolean everything) {
        this.pattern = pattern;
        this.everything = everything;
    }

    /// @throws IllegalArgumentException it is not valid; see [#refusal]
    static SearchPattern of(String expression) {
        try {
            return new SearchPattern(
                    Pattern.compile(expression.isEmpty() ? NOTHING : expression), expression.equals(EVERYTHING));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("not a valid pattern: " + expression, e);
        }
    }

    /// Why an expression cannot be used; empty if it can.
    static Optional<Refusal> refusal(String expression) {
        if (expression.length() > MAX_CHARS) {
            return Optional.of(new Refusal.Malformed("regular expression of more than " + MAX_CHARS + " characters"));
        }
        try {
            Pattern.compile(expression);
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of(
                    new Refusal.Malformed("invalid regular expression '" + expression + "': " + e.getDescription()));
        }
    }

    /// Found in every name, which is what most users have.
    boolean everything() {
        return everything;
    }

    boolean foundIn(String name) {
        return pattern.matcher(name).find();
    }
}
