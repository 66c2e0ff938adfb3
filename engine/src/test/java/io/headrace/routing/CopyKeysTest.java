package io.headrace.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Refusal;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CopyKeysTest {
    @Test
    void the_message_goes_by_its_own_key_and_those_of_both_headers() {
        FieldTable headers = HeaderPatternTest.table("CC", array("1", "2"), "BCC", array("3"));

        assertThat(CopyKeys.of(headers)).isInstanceOfSatisfying(CopyKeys.Reading.Read.class, read -> {
            assertThat(read.keys().with("0")).containsExactly("0", "1", "2", "3");
            assertThat(read.keys().bcc()).containsExactly("3");
        });
    }

    @Test
    void a_header_that_is_not_an_array_is_refused_in_rabbitmqs_words() {
        FieldTable headers = HeaderPatternTest.table("CC", FieldValue.LongString.of("1"));

        assertThat(CopyKeys.of(headers))
                .isEqualTo(new CopyKeys.Reading.Refused(
                        new Refusal.Malformed("invalid message: {unacceptable_type_in_header,\"CC\",longstr}")));
    }

    @Test
    void elements_that_are_not_texts_are_passed_over() {
        FieldValue mixed = new FieldValue.Array(List.of(new FieldValue.Int32(1), FieldValue.LongString.of("2")));

        assertThat(CopyKeys.of(HeaderPatternTest.table("BCC", mixed)))
                .isEqualTo(new CopyKeys.Reading.Read(new CopyKeys(List.of(), List.of("2"))));
    }

    private static FieldValue array(String... texts) {
        return new FieldValue.Array(
                Arrays.stream(texts).<FieldValue>map(FieldValue.LongString::of).toList());
    }
}
