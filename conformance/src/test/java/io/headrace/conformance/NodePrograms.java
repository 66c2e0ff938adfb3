package io.headrace.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// The programs of `src/test/clients/node`, with the npm packages that they use.
public final class NodePrograms {
    private static final Path PROGRAMS = Path.of("src/test/clients/node");

    private NodePrograms() {}

    /// Copies them to `folder` and gets their packages; skips the test where that cannot be done.
    public static void install(Path folder) throws IOException {
        Program.assumeWorks("nodejs", "node", "--version");
        try (var programs = Files.list(PROGRAMS)) {
            for (Path program : programs.toList()) {
                Files.copy(program, folder.resolve(program.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Program.assumeWorks(
                "npm, and a way to its registry",
                "npm",
                "install",
                "--no-audit",
                "--no-fund",
                "--prefix",
                folder.toString());
    }
}
