package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what the page says is served is what is served.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CompatibilityPageTest {
    private static final Path PAGE = Path.of("../docs/compatibility/kafka.md");
    private static final Pattern ROW = Pattern.compile("(?m)^(\\| \\d+ \\| \\w+ \\| [\\d-]+ \\|)");

    @Test
    void the_table_of_requests_is_current() throws IOException {
        var told = ROW.matcher(Files.readString(PAGE))
                .results()
                .map(row -> row.group(1))
                .toList();

        assertThat(told)
                .containsExactlyElementsOf(TestPeer.apis().all().stream()
                        .map(CompatibilityPageTest::row)
                        .toList());
    }

    private static String row(Served served) {
        return "| %d | %s | %s |"
                .formatted(
                        served.key().id,
                        served.key().name,
                        served.oldest() == served.latest()
                                ? Integer.toString(served.oldest())
                                : served.oldest() + "-" + served.latest());
    }
}
