package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OperatorKeyTest {
    @TempDir
    private Path data;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void whoever_reads_the_file_has_the_key() throws IOException {
        var key = OperatorKey.make(data);

        assertThat(key.is(bytes(OperatorKey.read(data).orElseThrow()))).isTrue();
        assertThat(key.is(bytes("something else"))).isFalse();
        assertThat(key.is(new byte[0])).isFalse();
    }

    @Test
    void only_the_owner_may_read_it() throws IOException {
        OperatorKey.make(data);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("operator.key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void the_key_of_an_earlier_start_is_worth_nothing() throws IOException {
        OperatorKey.make(data);
        var before = OperatorKey.read(data).orElseThrow();

        assertThat(OperatorKey.make(data).is(bytes(before))).isFalse();
    }

    @Test
    void without_a_broker_there_is_no_key() throws IOException {
        assertThat(OperatorKey.read(data)).isEmpty();
        OperatorKey.make(data);

        OperatorKey.withdraw(data);

        assertThat(OperatorKey.read(data)).isEmpty();
    }
}
