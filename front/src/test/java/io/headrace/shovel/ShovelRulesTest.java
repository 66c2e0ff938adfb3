package io.headrace.shovel;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.Parameter;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Goal: what is wrong with a shovel is said when it is set, as RabbitMQ 3.10.8 says it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShovelRulesTest {
    private final ShovelRules rules = new ShovelRules(new Catalog());

    @Test
    void what_is_missing_is_named_and_so_is_what_does_not_fit_together() {
        assertThat(wrong(Map.of()))
                .contains("Must specify 'src-exchange' or 'src-queue'\n"
                        + "Key \"dest-uri\" not found in a\nKey \"src-uri\" not found in a");
        assertThat(wrong("src-exchange", text("b"))).contains("Cannot specify 'src-exchange' and 'src-queue'");
        assertThat(wrong("dest-queue", text("a"), "dest-exchange", text("b")))
                .contains("Cannot specify 'dest-exchange' and 'dest-queue'");
        assertThat(wrong("src-delete-after", number(5), "ack-mode", text("no-ack")))
                .contains("Cannot specify 'no-ack' and numerical 'delete-after'");
        assertThat(wrong("foo", number(1), "bar", text("x")))
                .contains("Unrecognised terms [{<<\"bar\">>,<<\"x\">>},{<<\"foo\">>,1}] in a");
    }

    @Test
    void values_are_looked_at() {
        assertThat(wrong("src-queue", number(1))).contains("src-queue should be binary, actually was 1");
        assertThat(wrong("ack-mode", text("bad")))
                .contains("ack-mode should be one of [<<\"no-ack\">>,<<\"on-publish\">>,<<\"on-confirm\">>],"
                        + " actually was <<\"bad\">>");
        assertThat(wrong("src-delete-after", text("x")))
                .contains("src-delete-after should be a number greater than or equal to 0, \"never\" or"
                        + " \"queue-length\", actually was <<\"x\">>");
        assertThat(wrong("reconnect-delay", text("x")))
                .contains("reconnect-delay should be a number, actually was <<\"x\">>");
        assertThat(wrong("dest-add-forward-headers", number(1)))
                .contains("dest-add-forward-headers should be boolean, actually was 1");
        assertThat(wrong(
                        "dest-publish-properties",
                        new FieldValue.Table(new FieldTable(Map.of("content_type", number(1), "headers", number(1))))))
                .contains("Unrecognised terms [{<<\"headers\">>,1}] in dest-publish-properties\n"
                        + "content_type should be binary, actually was 1");
        assertThat(wrong("src-uri", number(7))).contains("src-uri should be list, actually was 7");
        assertThat(wrong("src-uri", new FieldValue.Array(List.of())))
                .contains("src-uri should be list, actually was []");
    }

    @Test
    void another_protocol_is_refused() {
        assertThat(wrong("src-protocol", text("amqp10")))
                .contains("src-protocol should be one of [<<\"amqp091\">>], actually was <<\"amqp10\">>");
    }

    @Test
    void nobody_carries_into_a_vhost_that_is_not_open_to_them() {
        assertThat(rules.wrong(parameter(Map.of("src-uri", text("amqp:///nope"))), Optional.of("guest")))
                .contains("user \"guest\" may not connect to vhost \"/\"\n"
                        + "user \"guest\" may not connect to vhost \"nope\"");
        assertThat(rules.wrong(parameter(Map.of()), Optional.empty())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x | {unable_to_parse_uri,no_scheme}",
                "http://x | {unexpected_uri_scheme,\"http\"}",
                "amqp://h/a/b | {invalid_vhost,\"a/b\"}",
                "amqp://h:x | {unable_to_parse_uri,{malformed_uri,\"amqp://h:x\"}}",
                "amqp://h:99999 | {unable_to_parse_uri,{malformed_uri,\"amqp://h:99999\"}}",
                "amqp://h?heartbeat=x | {invalid_amqp_params_parameter,heartbeat,\"x\"}",
                "amqps://h?keyfile=x | {invalid_amqp_params_parameter,keyfile,\"x\"}"
            })
    void a_uri_that_cannot_be_used_is_refused(String uri, String why) {
        assertThat(wrong("src-uri", text(uri)))
                .contains("\"" + uri + "\" not a valid URI: {" + why + ",\"" + uri + "\"}");
    }

    @Test
    void a_uri_is_taken_apart() {
        var uri = ((ShovelUri.Reading.Read) ShovelUri.read("amqps://us%40er:p%2Fw+@[::1]/my%2fhost?heartbeat=5")).uri();

        assertThat(uri.host()).contains("::1");
        assertThat(uri.port()).isEqualTo(5671);
        assertThat(uri.user()).contains("us@er");
        assertThat(uri.password()).contains("p/w+");
        assertThat(uri.vhost()).isEqualTo("my/host");
        assertThat(uri.number(ShovelUri.HEARTBEAT)).hasValue(5);
        assertThat(uri).hasToString("amqps://[::1]/my%2fhost?heartbeat=5");
        assertThat(((ShovelUri.Reading.Read) ShovelUri.read("amqp://")).uri().local())
                .isTrue();
    }

    private Optional<String> wrong(String key, FieldValue value) {
        return rules.wrong(parameter(Map.of(key, value)), Optional.empty());
    }

    private Optional<String> wrong(String key, FieldValue value, String other, FieldValue another) {
        return rules.wrong(parameter(Map.of(key, value, other, another)), Optional.empty());
    }

    private Optional<String> wrong(Map<String, FieldValue> fields) {
        return rules.wrong(
                new Parameter("shovel", "/", "a", new FieldValue.Table(new FieldTable(fields))), Optional.empty());
    }

    /// One that is in order but for `fields`.
    private static Parameter parameter(Map<String, FieldValue> fields) {
        var all = new HashMap<String, FieldValue>(
                Map.of("src-uri", text("amqp://"), "src-queue", text("q"), "dest-uri", text("amqp://")));
        all.putAll(fields);
        return new Parameter("shovel", "/", "a", new FieldValue.Table(new FieldTable(all)));
    }

    private static FieldValue text(String text) {
        return FieldValue.LongString.of(text);
    }

    private static FieldValue number(long number) {
        return new FieldValue.Int64(number);
    }
}
