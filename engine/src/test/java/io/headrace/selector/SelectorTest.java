package io.headrace.selector;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Goal: a selector wants what it wants in RabbitMQ. Method: questions put to the plugin of RabbitMQ 3.10.8, and its
/// answers; where it ends in an error (541), nothing is wanted here.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SelectorTest {
    private static final String WANTED = "wanted";
    private static final String NOT = "not wanted";
    private static final String ERROR = "an error there";
    private static final FieldTable NONE = FieldTable.EMPTY;

    record Row(String selector, FieldTable headers, String answer) {}

    static Stream<Row> asked() {
        return Stream.of(
                new Row("{'=',{'ident',<<\"a\">>},1}.", number(1L), WANTED),
                new Row("{'=',{'ident',<<\"a\">>},1}.", header("a", new FieldValue.Float64(1.0)), WANTED),
                new Row("{'=',{'ident',<<\"a\">>},<<\"1\">>}.", text("1"), WANTED),
                new Row("{'<',{'ident',<<\"a\">>},<<\"1\">>}.", number(5L), WANTED),
                new Row("{'>',{'ident',<<\"a\">>},'true'}.", text(""), WANTED),
                new Row("{'=',{'+',{'ident',<<\"a\">>},1},2}.", number(1L), WANTED),
                new Row("{'=',{'+',{'ident',<<\"a\">>},1},2}.", text("x"), ERROR),
                new Row("{'not',{'=',{'ident',<<\"zz\">>},1}}.", number(1L), NOT),
                new Row("{'or',{'=',{'ident',<<\"zz\">>},1},'true'}.", number(1L), WANTED),
                new Row("{'is_null',{'ident',<<\"zz\">>}}.", number(1L), WANTED),
                new Row("{'is_null',{'+',{'ident',<<\"zz\">>},1}}.", number(1L), NOT),
                new Row("{'in',{'ident',<<\"a\">>},[1,2]}.", number(2L), WANTED),
                new Row("{'in',{'ident',<<\"a\">>},[1,2]}.", header("a", new FieldValue.Float64(2.0)), NOT),
                new Row("{'not_in',{'ident',<<\"a\">>},[1,2]}.", header("a", new FieldValue.Float64(2.0)), WANTED),
                new Row("{'in',{'ident',<<\"a\">>},5}.", number(2L), ERROR),
                new Row("{'like',{'ident',<<\"a\">>},<<\"x%z\">>,'no_escape'}.", text("xyz"), WANTED),
                new Row("{'like',{'ident',<<\"a\">>},<<\"x%z\">>,'no_escape'}.", text("x\nz"), NOT),
                new Row("{'like',{'ident',<<\"a\">>},<<\"x_z\">>,'no_escape'}.", text("xüz"), NOT),
                new Row("{'like',{'ident',<<\"a\">>},<<\"x__z\">>,'no_escape'}.", text("xüz"), WANTED),
                new Row("{'like',{'ident',<<\"a\">>},<<\"üx\">>,'no_escape'}.", text("üx"), WANTED),
                new Row("{'like',{'ident',<<\"a\">>},<<\"x!%\">>,<<\"!\">>}.", text("x%"), WANTED),
                new Row("{'like',{'ident',<<\"a\">>},<<\"x!%\">>,<<\"!\">>}.", text("xa"), NOT),
                new Row("{'like',{'ident',<<\"a\">>},<<\"x\">>,<<\"!!\">>}.", text("x"), ERROR),
                new Row("{'like',{'ident',<<\"a\">>},<<\"x\">>,'no_escape'}.", number(5L), ERROR),
                new Row("{'like',{'ident',<<\"a\">>},<<\"x!\">>,<<\"!\">>}.", text("x!"), WANTED),
                new Row("{'not_like',{'ident',<<\"zz\">>},<<\"x\">>,'no_escape'}.", number(5L), NOT),
                new Row("{'between',{'ident',<<\"a\">>},1,3}.", number(3L), WANTED),
                new Row("{'between',{'ident',<<\"a\">>},{range,1,3}}.", number(3L), WANTED),
                new Row("{'not_between',{'ident',<<\"a\">>},1,3}.", number(4L), WANTED),
                new Row("{'/',{'ident',<<\"a\">>},0}.", number(4L), NOT),
                new Row("{'=',{'/',{'ident',<<\"a\">>},0},plus_infinity}.", number(4L), WANTED),
                new Row("{'>',{'/',{'ident',<<\"a\">>},0},5}.", number(4L), WANTED),
                new Row("{'=',{'/',{'ident',<<\"a\">>},2},2}.", number(4L), WANTED),
                new Row("{'=',{'frob',{'ident',<<\"a\">>}},error}.", number(4L), WANTED),
                new Row("{'=',{'frob',{'ident',<<\"a\">>},1},error}.", number(4L), WANTED),
                new Row("{'-',{'ident',<<\"a\">>}}.", text("x"), ERROR),
                new Row("{'ident',<<\"a\">>}.", header("a", new FieldValue.Bool(true)), WANTED),
                new Row("{'ident',<<\"a\">>}.", number(1L), NOT),
                new Row(
                        "{'=',{'ident',<<\"a\">>},{'ident',<<\"a\">>}}.",
                        header("a", new FieldValue.Timestamp(1)),
                        ERROR),
                new Row("{'is_null',{'ident',<<\"a\">>}}.", header("a", new FieldValue.Timestamp(1)), ERROR),
                new Row("{'is_null',{'ident',<<\"a\">>}}.", header("a", new FieldValue.Nothing()), ERROR),
                new Row("{'>',{'ident',<<\"a\">>},9007199254740992.0}.", number(9007199254740993L), WANTED),
                new Row("{'=',{'ident',<<\"a\">>},12345678901234567890}.", number(1L), NOT),
                new Row("{'and',{'-',<<\"x\">>},'false'}.", number(1L), ERROR),
                new Row("'true'.", NONE, WANTED),
                new Row("{'<','false','true'}.", number(1L), WANTED),
                new Row("{'=',{'ident',<<\"ü\">>},1}.", header("ü", new FieldValue.Int32(1)), WANTED),
                new Row("{'=',{'ident',<<\"a\">>},<<\"ü\">>}.", text("ü"), WANTED));
    }

    private static FieldTable header(String name, FieldValue value) {
        return new FieldTable(Map.of(name, value));
    }

    private static FieldTable text(String value) {
        return header("a", FieldValue.LongString.of(value));
    }

    private static FieldTable number(long value) {
        return header("a", new FieldValue.Int64(value));
    }

    private static Selector selector(String text) {
        return Selector.of(new FieldTable(Map.of(Selector.ARGUMENT, FieldValue.LongString.of(text))))
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("asked")
    void it_answers_as_the_plugin(Row row) {
        assertThat(selector(row.selector).matches(row.headers)).isEqualTo(row.answer.equals(WANTED));
    }

    @Test
    void three_values_are_combined_as_in_sql() {
        String unknown = "{'=',{'ident',<<\"none\">>},1}";
        assertThat(truth("{'and'," + unknown + ",'false'}")).isEqualTo("false");
        assertThat(truth("{'and'," + unknown + ",'true'}")).isEqualTo("unknown");
        assertThat(truth("{'or'," + unknown + ",'true'}")).isEqualTo("true");
        assertThat(truth("{'or'," + unknown + ",'false'}")).isEqualTo("unknown");
        assertThat(truth("{'not'," + unknown + "}")).isEqualTo("unknown");
        assertThat(truth("{'between',1," + "{'ident',<<\"none\">>},3}")).isEqualTo("unknown");
    }

    private static String truth(String term) {
        if (selector(term + ".").matches(NONE)) {
            return "true";
        }
        return selector("{'not'," + term + "}.").matches(NONE) ? "false" : "unknown";
    }

    @Test
    void without_the_argument_or_with_one_that_is_no_text_there_is_none() {
        assertThat(Selector.of(FieldTable.EMPTY)).isEmpty();
        assertThat(Selector.of(header(Selector.ARGUMENT, new FieldValue.Int32(5))))
                .isEmpty();
    }

    @Test
    void a_pattern_that_takes_for_ever_is_given_up() {
        var selector = selector("{'like',{'ident',<<\"a\">>},<<\"%" + "a".repeat(10_000) + "b\">>,'no_escape'}.");

        assertThat(selector.matches(text("a".repeat(100_000)))).isFalse();
        assertThat(selector.matches(text("a".repeat(10_000) + "b"))).isTrue();
    }

    @Test
    void numbers_that_grow_without_end_are_given_up() {
        String square = "9223372036854775807";
        for (int i = 0; i < 60; i++) {
            square = "{'*'," + square + ",9223372036854775807}";
        }
        assertThat(selector("{'>'," + square + ",1}.").matches(NONE)).isFalse();
    }
}
