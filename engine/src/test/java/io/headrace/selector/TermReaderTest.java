package io.headrace.selector;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.selector.Term.Atom;
import io.headrace.selector.Term.Bytes;
import io.headrace.selector.Term.Items;
import io.headrace.selector.Term.Real;
import io.headrace.selector.Term.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TermReaderTest {
    private static Optional<Term> read(String text) {
        return TermReader.read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Bytes bytes(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void what_the_client_writes_is_read() {
        assertThat(read("{'not_in',{'ident',<<\"a\">>},[<<\"it's\">>,<<\"\">>]}."))
                .contains(new Tuple(List.of(
                        new Atom("not_in"),
                        new Tuple(List.of(new Atom("ident"), bytes("a"))),
                        new Items(List.of(bytes("it's"), bytes(""))))));
        assertThat(read("1.2345678901234568E20.")).contains(new Real(1.2345678901234568E20));
        assertThat(read("'true'.")).contains(Term.TRUE);
        assertThat(read("-3.")).contains(Term.of(-3));
    }

    @Test
    void white_space_may_be_between_and_around() {
        assertThat(read(" { '=' , 1 ,\n[ ] } . "))
                .contains(new Tuple(List.of(new Atom("="), Term.of(1), new Items(List.of()))));
    }

    @Test
    void escapes_are_resolved_as_erlang_does() {
        assertThat(read("<<\"q\\\"b\\\\ \\n\\t\\x41\\101\\^a\\z\">>.")).contains(bytes("q\"b\\ \n\tAA\u0001z"));
    }

    @Test
    void utf8_stays_utf8() {
        assertThat(read("<<\"ü€\">>.")).contains(bytes("ü€"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "x",
                "{'=',1",
                "{'=',1,1}",
                "{'=',1,1}. x",
                "foo(1).",
                "{'=',A,1}.",
                "fun() -> 1 end.",
                "{1,}.",
                "{,1}.",
                "[1 2].",
                "<<\"a>>.",
                "<<\"a\".",
                "'a.",
                "'a\\",
                "1.5e999.",
                "<<\"\\x{263a}\">>.",
                "<<\"\\x4",
                "-.",
                "--1."
            })
    void what_erlang_refuses_is_refused(String text) {
        assertThat(read(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"#{a => 1}.", "\"abc\".", "$a.", "[1|2].", "16#1F.", "<<1,2>>.", "1_000.", "% c\n1."})
    void what_no_client_writes_is_refused(String text) {
        assertThat(read(text)).isEmpty();
    }

    @Test
    void a_term_as_deep_as_allowed_is_read_and_a_deeper_one_is_not() {
        assertThat(read(nested(TermReader.DEPTH_MAX - 1))).isPresent();
        assertThat(read(nested(TermReader.DEPTH_MAX))).isEmpty();
        assertThat(read("{".repeat(60_000))).isEmpty();
    }

    private static String nested(int depth) {
        return "{not,".repeat(depth) + "true" + "}".repeat(depth) + ".";
    }

    @Test
    void a_text_that_is_too_long_is_refused() {
        String text = "<<\"" + "x".repeat(TermReader.TEXT_BYTES_MAX - 7) + "\">>.";

        assertThat(read(text)).isPresent();
        assertThat(read(text + " ")).isEmpty();
    }

    @Test
    void any_bytes_are_read_or_refused() {
        long seed = Long.getLong("headrace.seed", System.nanoTime());
        var random = new Random(seed);
        var pieces = List.of(
                "{", "}", "[", "]", ",", ".", "<<\"", "\">>", "'", "\\", "1", "-", "e5", "a", " ", "ident", "\u00ff");
        for (int i = 0; i < 100_000; i++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            try {
                read(text.toString()).map(Expression::of);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + text, e);
            }
        }
    }
}
