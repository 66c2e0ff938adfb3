package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: one process has the directory, and a killed one does not keep it. Method: real files, and a real
/// second process.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FileStorageTest {
    @TempDir
    private Path directory;

    /// Takes the lock and keeps it.
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            FileStorage.open(Path.of(arguments[0]));
            System.out.println("locked");
            System.in.read();
        }
    }

    @Test
    void a_second_broker_is_told_who_has_the_directory_and_what_to_do() throws Exception {
        var holder = holder();

        assertThatThrownBy(() -> FileStorage.open(directory))
                .isInstanceOf(DirectoryLockedException.class)
                .hasMessage("Cannot open data directory " + directory + ": process " + holder.pid()
                        + " has it locked. Stop that broker, or choose another with --data.");

        holder.destroyForcibly().waitFor();
        FileStorage.open(directory).close();
    }

    @Test
    void the_same_process_cannot_open_it_twice_either() throws IOException {
        try (var storage = FileStorage.open(directory)) {
            assertThatThrownBy(() -> FileStorage.open(directory)).hasMessageContaining("this process has it locked");
            assertThat(storage.usableBytes()).isPositive();
        }
    }

    @Test
    void gathered_bytes_are_read_back_in_order() throws IOException {
        try (var storage = FileStorage.open(directory);
                var file = storage.create("a/b/file")) {
            var pieces = new ByteBuffer[2000];
            for (int i = 0; i < pieces.length; i++) {
                pieces[i] = ByteBuffer.allocateDirect(4).putInt(i).flip();
            }
            file.write(pieces, pieces.length, 100);
            file.write(ByteBuffer.wrap(new byte[] {7}), 3);
            file.force();
            storage.forceDirectory("a/b");

            var back = ByteBuffer.allocate(10_000);
            assertThat(file.read(back, 100)).isEqualTo(8000);
            for (int i = 0; i < pieces.length; i++) {
                assertThat(back.getInt(4 * i)).isEqualTo(i);
            }
            assertThat(file.read(ByteBuffer.allocate(1), 8100)).isZero();
            assertThat(storage.list("a/b")).containsExactly("file");
            assertThat(storage.list("none")).isEmpty();
        }
    }

    @Test
    void what_is_written_past_the_cache_is_read_back_also_where_the_cache_had_something_else() throws IOException {
        try (var storage = FileStorage.open(directory);
                var file = storage.createDirect("direct")) {
            var unit = StorageFile.directBuffer(StorageFile.DIRECT_BYTES);
            for (byte round = 1; round <= 3; round++) {
                for (int i = 0; i < unit.capacity(); i++) {
                    unit.put(i, round);
                }
                file.write(unit.clear(), StorageFile.DIRECT_BYTES);
                file.force();

                var back = ByteBuffer.allocate(2);
                file.read(back, 2 * StorageFile.DIRECT_BYTES - 2);
                assertThat(back.array()).containsExactly(round, round);
            }
            assertThat(file.sizeBytes()).isEqualTo(2 * StorageFile.DIRECT_BYTES);
        }
    }

    @Test
    void a_name_outside_the_directory_is_refused() throws IOException {
        try (var storage = FileStorage.open(directory)) {
            assertThatThrownBy(() -> storage.create("../x")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private Process holder() throws IOException {
        var holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        directory.toString())
                .start();
        assertThat(holder.inputReader().readLine()).isEqualTo("locked");
        return holder;
    }
}
