package io.headrace.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: options are understood wherever RabbitMQ's tools understand them.
@DisplayNameGeneration(ReplaceUnderscores.class)
class WordsTest {
    private static Words parse(String... words) {
        return Words.parse(List.of(words), Tool.CTL.commands());
    }

    @Test
    void options_may_stand_before_between_and_behind_the_arguments() {
        var words = parse("-q", "set_permissions", "-p", "v1", "u1", ".*", "--node=rabbit@host", ".*", ".*", "-s");

        assertThat(words.command()).isEqualTo("set_permissions");
        assertThat(words.arguments()).containsExactly("u1", ".*", ".*", ".*");
        assertThat(words.option("vhost")).contains("v1");
        assertThat(words.option("node")).contains("rabbit@host");
        assertThat(words.has("quiet")).isTrue();
        assertThat(words.has("silent")).isTrue();
    }

    @Test
    void an_option_of_the_command_takes_its_value_even_before_the_command() {
        var words = parse("--priority", "3", "set_policy", "p", "^q", "{}");

        assertThat(words.option("priority")).contains("3");
        assertThat(words.arguments()).containsExactly("p", "^q", "{}");
    }

    @Test
    void a_letter_means_what_it_means_to_the_command() {
        assertThat(parse("delete_queue", "q", "-e").has("if-empty")).isTrue();
        assertThat(parse("list_queues", "-e").unknown()).containsExactly("-e");
    }

    @Test
    void what_follows_two_dashes_is_no_option() {
        assertThat(parse("add_user", "--", "-u", "-p").arguments()).containsExactly("-u", "-p");
    }

    @Test
    void an_option_of_another_command_and_one_without_its_value_are_unknown() {
        assertThat(parse("list_users", "--priority", "3").unknown()).containsExactly("--priority");
        assertThat(parse("list_users", "--node").unknown()).containsExactly("--node");
    }
}
