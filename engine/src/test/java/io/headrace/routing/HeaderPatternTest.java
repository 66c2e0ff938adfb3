package io.headrace.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/// Goal: a headers binding matches what RabbitMQ would match.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HeaderPatternTest {
    private final FieldTable twoHeaders = table("a", text("1"), "b", new FieldValue.Int32(2));

    @Test
    void all_wants_every_argument() {
        assertThat(matches(table("a", text("1"), "b", new FieldValue.Int32(2)))).isTrue();
        assertThat(matches(table("a", text("1"), "b", new FieldValue.Int32(3)))).isFalse();
        assertThat(matches(table("a", text("1"), "c", text("1")))).isFalse();
    }

    @Test
    void any_wants_one() {
        assertThat(matches(table("x-match", text("any"), "a", text("1"), "c", text("1"))))
                .isTrue();
        assertThat(matches(table("x-match", text("any"), "a", text("2"), "c", text("1"))))
                .isFalse();
    }

    @Test
    void no_arguments_match_everything_with_all_and_nothing_with_any() {
        assertThat(matches(FieldTable.EMPTY)).isTrue();
        assertThat(matches(table("x-match", text("all")))).isTrue();
        assertThat(matches(table("x-match", text("any")))).isFalse();
    }

    @Test
    void a_void_argument_only_wants_the_header_to_be_there() {
        assertThat(matches(table("a", new FieldValue.Nothing()))).isTrue();
        assertThat(matches(table("c", new FieldValue.Nothing()))).isFalse();
    }

    @Test
    void plain_forms_pass_over_arguments_that_begin_with_x() {
        assertThat(matches(table("x-c", text("1"), "a", text("1")))).isTrue();
        assertThat(matches(table("x-match", text("any"), "x-c", text("1")))).isFalse();
    }

    @Test
    void with_x_uses_them_all_but_the_match_itself() {
        FieldTable headers = table("x-c", text("1"));

        assertThat(HeaderPattern.of(table("x-match", text("all-with-x"), "x-c", text("1")))
                        .matches(headers))
                .isTrue();
        assertThat(HeaderPattern.of(table("x-match", text("all-with-x"), "x-c", text("2")))
                        .matches(headers))
                .isFalse();
        assertThat(HeaderPattern.of(table("x-match", text("any-with-x"), "x-c", text("1"), "d", text("1")))
                        .matches(headers))
                .isTrue();
    }

    @Test
    void a_number_matches_in_any_width_and_no_text_or_fraction() {
        assertThat(matches(table("b", new FieldValue.Int64(2)))).isTrue();
        assertThat(matches(table("b", new FieldValue.UInt8((short) 2)))).isTrue();
        assertThat(matches(table("b", text("2")))).isFalse();
        assertThat(matches(table("b", new FieldValue.Float64(2)))).isFalse();
    }

    private boolean matches(FieldTable arguments) {
        return HeaderPattern.of(arguments).matches(twoHeaders);
    }

    private static FieldValue text(String text) {
        return FieldValue.LongString.of(text);
    }

    static FieldTable table(Object... namesAndValues) {
        Map<String, FieldValue> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], (FieldValue) namesAndValues[i + 1]);
        }
        return new FieldTable(fields);
    }
}
