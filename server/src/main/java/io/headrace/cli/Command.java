package io.headrace.cli;

import io.headrace.server.HeadraceConfig;
import java.io.IOException;

/// What one of the words on the command line does, once its configuration is read.
interface Command {
    /// @return the exit code
    int run(HeadraceConfig config) throws IOException, InterruptedException;
}
