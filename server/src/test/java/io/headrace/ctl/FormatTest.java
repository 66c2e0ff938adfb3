package io.headrace.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: rows look as they do in RabbitMQ 3.10.8, whose output this is.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FormatTest {
    private static final String QUEUES = """
            [{"name":"q2","messages":0,"arguments":{"x-queue-type":"quorum"},"durable":true},
             {"name":"q1","messages":1,"arguments":{"x-message-ttl":60000,"a":{"b":[true,"c"]}},"durable":true}]""";

    private static String shown(Format format, String... columns) throws Exception {
        var bytes = new ByteArrayOutputStream();
        var rows = Table.of(Column.alike(columns)).rows(Api.JSON.readTree(QUEUES));
        format.show(rows, true, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_table_has_tabs_and_a_header() throws Exception {
        assertThat(shown(Format.TABLE, "name", "messages")).isEqualTo("name\tmessages\nq2\t0\nq1\t1\n");
    }

    @Test
    void a_table_shows_arguments_as_erlang_does_and_nothing_for_what_is_missing() throws Exception {
        assertThat(shown(Format.TABLE, "arguments", "policy", "durable"))
                .isEqualTo("arguments\tpolicy\tdurable\n"
                        + "[{\"x-queue-type\",\"quorum\"}]\t\ttrue\n"
                        + "[{\"x-message-ttl\",60000},{\"a\",[{\"b\",[true,\"c\"]}]}]\t\ttrue\n");
    }

    @Test
    void json_has_an_object_on_each_line_and_types_beside_arguments() throws Exception {
        assertThat(shown(Format.JSON, "name", "messages", "arguments", "policy"))
                .isEqualTo("""
                [
                {"name":"q2","messages":0,"arguments":[["x-queue-type","longstr","quorum"]],"policy":""}
                ,{"name":"q1","messages":1,"arguments":[["x-message-ttl","signedint",60000],["a","table",[["b","array",[true,"c"]]]]],"policy":""}
                ]
                """);
    }

    @Test
    void csv_quotes_everything() throws Exception {
        assertThat(shown(Format.CSV, "name", "messages")).isEqualTo("""
                "name","messages"
                "q2","0"
                "q1","1"
                """);
    }

    @Test
    void erlang_is_a_list_of_lists() throws Exception {
        assertThat(shown(Format.ERLANG, "name", "messages"))
                .isEqualTo("[[{name,<<\"q2\">>},{messages,0}],[{name,<<\"q1\">>},{messages,1}]]\n");
    }

    @Test
    void a_pretty_table_is_drawn_with_the_lines_of_a_terminal() throws Exception {
        assertThat(shown(Format.PRETTY_TABLE, "name", "messages").replace("\u001b", "^"))
                .isEqualTo("""
                ^(0lqqqqqqwqqqqqqqqqqk^(B
                ^(0x^(B ^[1mname^[0m ^(0x^(B ^[1mmessages^[0m ^(0x^(B
                ^(0tqqqqqqnqqqqqqqqqqu^(B
                ^(0x^(B q2   ^(0x^(B 0        ^(0x^(B
                ^(0tqqqqqqnqqqqqqqqqqu^(B
                ^(0x^(B q1   ^(0x^(B 1        ^(0x^(B
                ^(0mqqqqqqvqqqqqqqqqqj^(B
                """);
    }
}
