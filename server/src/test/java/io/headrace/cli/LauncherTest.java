package io.headrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: the launcher starts what was built last. It runs in a directory of its own, with a main class that prints
/// what the JVM was told.
@DisplayNameGeneration(ReplaceUnderscores.class)
class LauncherTest {
    private static final FileTime TRAINED = FileTime.fromMillis(1_700_000_000_000L);
    private static final FileTime BEFORE = FileTime.fromMillis(1_600_000_000_000L);
    private static final FileTime AFTER = FileTime.fromMillis(1_800_000_000_000L);
    private static final String MAIN = """
            package io.headrace.cli;
            public class Main {
                public static void main(String[] args) {
                    System.out.println(java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments());
                }
            }
            """;

    @TempDir
    private Path root;

    private Path jar;
    private Path library;

    @BeforeEach
    void build() throws IOException {
        var checkout = Path.of(System.getProperty("user.dir")).getParent();
        Files.createDirectories(root.resolve("bin"));
        Files.copy(checkout.resolve("headrace"), root.resolve("headrace"));
        for (String part : new String[] {"bin/find-jdk", "bin/run-tool"}) {
            Files.copy(checkout.resolve(part), root.resolve(part));
        }
        var target = Files.createDirectories(root.resolve("server/target/lib")).getParent();
        jar = jarOf(target.resolve("headrace.jar"));
        library = Files.createFile(target.resolve("lib/headrace-engine-1.jar"));
        Files.setLastModifiedTime(jar, BEFORE);
        Files.setLastModifiedTime(library, BEFORE);
        var cache = Files.createFile(target.resolve("headrace.aot"));
        Files.setLastModifiedTime(cache, TRAINED);
    }

    @Test
    void the_heap_may_be_as_large_as_half_of_the_memory_but_not_larger_than_references_of_four_bytes_reach()
            throws Exception {
        var heap = Pattern.compile("-Xmx(\\d+)m").matcher(start());
        assertThat(heap.find()).isTrue();
        var machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean(); // which knows of containers

        assertThat(Long.parseLong(heap.group(1))).isEqualTo(Math.clamp(machine.getTotalMemorySize() >> 21, 256, 3072));
    }

    @Test
    void a_cache_is_used_that_was_trained_with_what_is_built() throws Exception {
        assertThat(start()).contains("-XX:AOTCache=");
    }

    @Test
    void a_cache_is_left_alone_once_the_broker_was_built_anew() throws Exception {
        Files.setLastModifiedTime(jar, AFTER);

        assertThat(start()).contains("UseCompactObjectHeaders").doesNotContain("AOTCache");
    }

    @Test
    void a_cache_is_left_alone_once_one_of_its_libraries_was_built_anew() throws Exception {
        Files.setLastModifiedTime(library, AFTER);

        assertThat(start()).contains("UseCompactObjectHeaders").doesNotContain("AOTCache");
    }

    private String start() throws IOException, InterruptedException {
        var builder = new ProcessBuilder("sh", root.resolve("headrace").toString(), "start").redirectErrorStream(true);
        builder.environment().put("HEADRACE_BUILD", "never");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        var process = builder.start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private Path jarOf(Path file) throws IOException {
        var source = Files.writeString(root.resolve("Main.java"), MAIN);
        int result =
                ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", root.toString(), source.toString());
        assertThat(result).isZero();
        try (var out = new JarOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new JarEntry("io/headrace/cli/Main.class"));
            Files.copy(root.resolve("io/headrace/cli/Main.class"), out);
        }
        return file;
    }
}
