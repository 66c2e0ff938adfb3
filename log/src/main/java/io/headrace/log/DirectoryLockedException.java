package io.headrace.log;

import java.io.IOException;
import java.nio.file.Path;

/// Someone else has the data directory.
public final class DirectoryLockedException extends IOException {
    private static final long serialVersionUID = 1L;

    DirectoryLockedException(Path directory, String holder) {
        super("Cannot open data directory %s: %s has it locked. Stop that broker, or choose another with --data."
                .formatted(directory, holder));
    }
}
