package io.headrace.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/// One broker, on a directory of its own, for all tests that do not stop it: started by the first that needs it, ended
/// after the last, whatever protocol they speak.
public record SharedBroker(BrokerProcess process, Path data) implements AutoCloseable {
    private static final Namespace SPACE = Namespace.create(SharedBroker.class);

    public static SharedBroker of(ExtensionContext context) {
        return context.getRoot()
                .getStore(SPACE)
                .computeIfAbsent(SharedBroker.class, key -> start(), SharedBroker.class);
    }

    private static SharedBroker start() {
        try {
            var data = Files.createTempDirectory("headrace-conformance-");
            return new SharedBroker(BrokerProcess.start(data, "--topics-retention-check", "1s"), data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        process.close();
        try (var files = Files.walk(data)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
