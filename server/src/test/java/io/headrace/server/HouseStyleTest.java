package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: the habits that keep this code readable are kept by a test, where a test can see them.
@DisplayNameGeneration(ReplaceUnderscores.class)
class HouseStyleTest {
    private static final int LINES_AT_MOST = 500;

    /// Classes that are longer, with the reason why they are still one thing.
    private static final Map<String, String> LONG_FOR_A_REASON = Map.of();

    @Test
    void every_package_tells_what_lives_there() throws IOException {
        var without = sources().stream()
                .map(Path::getParent)
                .distinct()
                .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                .toList();

        assertThat(without).as("packages without package-info.java").isEmpty();
    }

    @Test
    void a_class_is_one_thing_and_fits_in_the_head() throws IOException {
        var tooLong = new TreeMap<String, Integer>();
        for (Path source : sources()) {
            int lines = Files.readAllLines(source).size();
            var name = source.getFileName().toString();
            if (lines > LINES_AT_MOST && !LONG_FOR_A_REASON.containsKey(name)) {
                tooLong.put(name, lines);
            }
        }

        assertThat(tooLong)
                .as("classes of more than " + LINES_AT_MOST + " lines: which two things are they?")
                .isEmpty();
    }

    @Test
    void names_are_the_words_of_the_field() throws IOException {
        var vague = sources().stream()
                .map(source -> source.getFileName().toString())
                .filter(name -> name.matches(".*(Manager|Helper|Util|Utils|Impl|Base|Data)\\.java"))
                .toList();

        assertThat(vague).as("classes whose name says nothing").isEmpty();
    }

    private static List<Path> sources() throws IOException {
        try (var modules = Files.list(Path.of(".."))) {
            return modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .flatMap(HouseStyleTest::javaFiles)
                    .collect(Collectors.toList());
        }
    }

    private static Stream<Path> javaFiles(Path folder) {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
