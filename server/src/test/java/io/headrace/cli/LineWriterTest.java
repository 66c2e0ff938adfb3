package io.headrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Goal: who logs never waits for who reads the log.
@DisplayNameGeneration(ReplaceUnderscores.class)
class LineWriterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ROOM = 100;

    /// A pipe that nobody reads until it is opened.
    private static final class Pipe extends OutputStream {
        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch read = new CountDownLatch(1);
        final ByteArrayOutputStream got = new ByteArrayOutputStream();

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            reached.countDown();
            try {
                read.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            got.write(bytes, from, length);
        }
    }

    private final Pipe pipe = new Pipe();
    private final LineWriter writer = new LineWriter(new PrintStream(pipe, true, StandardCharsets.UTF_8), ROOM);

    @Test
    @Timeout(60)
    void nobody_waits_for_a_pipe_that_is_not_read_and_what_is_left_out_is_counted() throws InterruptedException {
        writer.start();
        writer.write("first\n");
        pipe.reached.await();
        for (int i = 0; i < ROOM + 7; i++) {
            writer.write("line " + i + "\n");
        }

        pipe.read.countDown();
        writer.drain(PATIENCE);

        var lines = pipe.got.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).startsWith("first", "line 0").contains("line " + (ROOM - 1));
        assertThat(lines).doesNotContain("line " + ROOM);
        assertThat(lines.getLast()).startsWith("(7 lines are left out here");
    }

    @Test
    @Timeout(60)
    void who_ends_the_process_waits_for_what_was_said_and_not_for_ever() {
        writer.start();
        writer.write("last\n");
        writer.drain(Duration.ofMillis(10));
        assertThat(pipe.got.size()).isZero();

        pipe.read.countDown();
        writer.drain(PATIENCE);
        assertThat(pipe.got.toString(StandardCharsets.UTF_8)).isEqualTo("last\n");
    }
}
