package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RunningBrokersTest {
    @TempDir
    private Path root;

    private Path data;
    private Path folder;
    private RunningBrokers brokers;

    @BeforeEach
    void make() throws IOException {
        data = Files.createDirectory(root.resolve("data"));
        folder = root.resolve("brokers");
        brokers = RunningBrokers.in(folder);
    }

    private static Running here() {
        return Running.here("rabbit@host", "0.1.0", List.of());
    }

    @Test
    void a_broker_that_was_added_and_runs_is_found_and_one_that_was_removed_is_not() throws IOException {
        here().announce(data);
        brokers.add(data);
        assertThat(brokers.all()).containsOnlyKeys(data);

        brokers.remove(data);

        assertThat(brokers.all()).isEmpty();
    }

    @Test
    void what_a_crash_left_behind_is_not_found_and_the_next_start_sweeps_it_up() throws IOException {
        brokers.add(data); // which nothing runs on
        assertThat(brokers.all()).isEmpty();
        var other = Files.createDirectory(root.resolve("other"));

        brokers.add(other);

        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void the_folder_is_its_owners_alone() throws IOException {
        brokers.add(data);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
    }

    @Test
    void a_folder_that_others_may_write_to_is_neither_read_nor_written() throws IOException {
        here().announce(data);
        brokers.add(data);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(brokers.all()).isEmpty();
        assertThatThrownBy(() -> brokers.add(data)).isInstanceOf(IOException.class);
    }

    @Test
    void a_link_to_a_folder_is_not_followed() throws IOException {
        here().announce(data);
        brokers.add(data);
        var link = Files.createSymbolicLink(root.resolve("link"), folder);

        assertThat(RunningBrokers.in(link).all()).isEmpty();
    }
}
