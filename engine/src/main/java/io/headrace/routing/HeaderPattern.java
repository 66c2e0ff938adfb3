package io.headrace.routing;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The arguments of a headers binding.
///
/// - `x-match` is `all` (also if absent) or `any`; these pass over arguments that begin with `x-`
/// - `all-with-x` and `any-with-x` use every argument but `x-match` itself
/// - a void argument only wants the header to be there
/// - no argument at all: `all` matches everything, `any` nothing
///
/// Values compare as [FieldValue#sameMeaning] says: 1 is 1 in any width, and neither "1" nor 1.0.
record HeaderPattern(boolean all, List<Wanted> wanted) {
    private static final String MATCH = "x-match";

    record Wanted(String name, FieldValue value) {
        boolean in(FieldTable headers) {
            return headers.get(name)
                    .filter(header -> value instanceof FieldValue.Nothing || value.sameMeaning(header))
                    .isPresent();
        }
    }

    static HeaderPattern of(FieldTable arguments) {
        String match = arguments.text(MATCH).orElse("all");
        boolean withX = match.endsWith("-with-x");
        List<Wanted> wanted = new ArrayList<>();
        for (Map.Entry<String, FieldValue> argument : arguments.fields().entrySet()) {
            String name = argument.getKey();
            if (withX ? !name.equals(MATCH) : !name.startsWith("x-")) {
                wanted.add(new Wanted(name, argument.getValue()));
            }
        }
        return new HeaderPattern(match.startsWith("all"), List.copyOf(wanted));
    }

    boolean matches(FieldTable headers) {
        for (Wanted one : wanted) {
            if (one.in(headers) != all) {
                return !all;
            }
        }
        return all;
    }
}
