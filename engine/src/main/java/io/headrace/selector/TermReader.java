package io.headrace.selector;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads the text of one Erlang term with the full stop behind it, as far as selectors need: integers, floats, atoms,
/// tuples, lists, and binaries written as text. Erlang has more (maps, other bases, comments, binaries in pieces); the
/// client writes none of it.
///
/// Bytes above 127 are taken as they are, so UTF-8 within quotes stays UTF-8, as the plugin has it.
///
/// Threads: one reading.
final class TermReader {
    /// Longer texts are refused.
    static final int TEXT_BYTES_MAX = 1 << 16;
    /// Deeper terms are refused; a chain of ANDs is as deep as it is long.
    static final int DEPTH_MAX = 1_000;

    private static final int DIGITS_MAX = 400; // more than any double has before its point
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+(\\.[0-9]+([eE][+-]?[0-9]+)?)?");
    private static final Pattern ATOM = Pattern.compile("[a-z][a-zA-Z0-9_@]*");

    private final String text; // a character for each byte
    private int at;
    private int depth;

    private TermReader(String text) {
        this.text = text;
    }

    /// @return empty if that is no such text
    static Optional<Term> read(byte[] text) {
        if (text.length > TEXT_BYTES_MAX) {
            return Optional.empty();
        }
        var reader = new TermReader(new String(text, StandardCharsets.ISO_8859_1));
        var term = reader.term();
        return term.filter(_ -> reader.takes(".") && reader.skipped() == reader.text.length());
    }

    private Optional<Term> term() {
        if (++depth > DEPTH_MAX) {
            return Optional.empty();
        }
        Optional<Term> term;
        if (takes("{")) {
            term = elements("}").map(Term.Tuple::new);
        } else if (takes("[")) {
            term = elements("]").map(Term.Items::new);
        } else if (takes("<<")) {
            term = binary();
        } else if (takes("'")) {
            term = quoted('\'').map(name -> new Term.Atom(name));
        } else {
            term = number().or(this::atom);
        }
        depth--;
        return term;
    }

    private Optional<List<Term>> elements(String end) {
        var elements = new ArrayList<Term>();
        if (takes(end)) {
            return Optional.of(elements);
        }
        do {
            var element = term();
            if (element.isEmpty()) {
                return Optional.empty();
            }
            elements.add(element.get());
        } while (takes(","));
        return takes(end) ? Optional.of(elements) : Optional.empty();
    }

    private Optional<Term> binary() {
        if (takes(">>")) {
            return Optional.of(new Term.Bytes(new byte[0]));
        }
        var content = takes("\"") ? quoted('"') : Optional.<String>empty();
        return content.filter(_ -> takes(">>"))
                .map(characters -> new Term.Bytes(characters.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /// What follows up to the closing quote, escapes resolved.
    private Optional<String> quoted(char quote) {
        var content = new ByteArrayOutputStream();
        while (at < text.length()) {
            char next = text.charAt(at++);
            if (next == quote) {
                return Optional.of(content.toString(StandardCharsets.ISO_8859_1));
            }
            int character = next == '\\' ? escaped() : next;
            if (character < 0 || character > 255) {
                return Optional.empty();
            }
            content.write(character);
        }
        return Optional.empty();
    }

    // as Erlang's scanner resolves them; -1 if the text ends
    private int escaped() {
        if (at == text.length()) {
            return -1;
        }
        char kind = text.charAt(at++);
        return switch (kind) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 's' -> ' ';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'v' -> 11;
            case 'e' -> 27;
            case 'd' -> 127;
            case 'x' -> hexadecimal();
            case '^' -> at == text.length() ? -1 : text.charAt(at++) & 31;
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(kind - '0');
            default -> kind;
        };
    }

    private int octal(int first) {
        int value = first;
        for (int digits = 1; digits < 3 && at < text.length() && Character.digit(text.charAt(at), 8) >= 0; digits++) {
            value = value * 8 + Character.digit(text.charAt(at++), 8);
        }
        return value;
    }

    private int hexadecimal() {
        if (at + 2 > text.length()) {
            return -1;
        }
        int high = Character.digit(text.charAt(at++), 16);
        int low = Character.digit(text.charAt(at++), 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    private Optional<Term> number() {
        var matcher = NUMBER.matcher(text).region(skipped(), text.length());
        if (!matcher.lookingAt() || matcher.end() - at > DIGITS_MAX) {
            return Optional.empty();
        }
        at = matcher.end();
        if (matcher.group(1) == null) {
            return Optional.of(new Term.Int(new BigInteger(matcher.group())));
        }
        double value = Double.parseDouble(matcher.group());
        return Double.isFinite(value) ? Optional.of(new Term.Real(value)) : Optional.empty();
    }

    private Optional<Term> atom() {
        var matcher = ATOM.matcher(text).region(skipped(), text.length());
        if (!matcher.lookingAt()) {
            return Optional.empty();
        }
        at = matcher.end();
        return Optional.of(new Term.Atom(matcher.group()));
    }

    private boolean takes(String token) {
        boolean there = text.startsWith(token, skipped());
        if (there) {
            at += token.length();
        }
        return there;
    }

    private int skipped() {
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
        return at;
    }
}
