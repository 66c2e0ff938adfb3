package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.config.Declared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what the page says can be set is what the code reads. To write the page anew: `./mvnw -pl server
/// -am test -Dtest=ConfigReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Dheadrace.write-docs=true`
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConfigReferenceTest {
    private static final Path PAGE = Path.of("../docs/configuration.md");

    @Test
    void the_page_in_docs_is_current() throws IOException {
        var page = ConfigReference.markdown(HeadraceConfig.declared());
        if (Boolean.getBoolean("headrace.write-docs")) {
            Files.writeString(PAGE, page);
        }

        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    @Test
    void help_lists_every_key_as_an_option() {
        var help = ConfigReference.help(HeadraceConfig.declared());

        assertThat(HeadraceConfig.declared())
                .allSatisfy(key ->
                        assertThat(help).contains(key.option() + " VALUE").contains(key.sentence()));
    }

    @Test
    void every_key_has_an_option_of_its_own_and_a_sentence() {
        assertThat(HeadraceConfig.declared()).extracting(Declared::option).doesNotHaveDuplicates();
        assertThat(HeadraceConfig.declared())
                .allSatisfy(key -> assertThat(key.sentence()).endsWith(".").hasSizeGreaterThan(20));
    }
}
