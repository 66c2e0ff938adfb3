package io.headrace.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// A broker: what is built on what, from the data directory up to the listeners.
///
/// Threads: any; [#start] returns when clients can connect, [#close] when the last of them is gone and all is on disk.
public final class Headrace implements AutoCloseable {
    private final Path data;
    private final List<String> listeners;
    private final CountDownLatch failed = new CountDownLatch(1);
    private volatile Throwable cause; // set once, before `failed` opens

    private Headrace(Path data, List<String> listeners) {
        this.data = data;
        this.listeners = List.copyOf(listeners);
    }

    /// @throws IOException the data directory cannot be used, or a port cannot be listened on; nothing is left running
    public static Headrace start(HeadraceConfig config) throws IOException {
        var data = config.data().toAbsolutePath().normalize();
        Files.createDirectories(data);
        var headrace = new Headrace(data, List.of());
        Running.here(version(), headrace.listeners()).announce(data);
        return headrace;
    }

    /// Of this build: `0.1.0-SNAPSHOT`; in a test, where there is no jar, `development`.
    public static String version() {
        return Optional.ofNullable(Headrace.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /// Like `amqp on 0.0.0.0:5672`, with the ports that were really taken.
    public List<String> listeners() {
        return listeners;
    }

    /// Why the broker can no longer keep its promises, once that is so. Nothing is acknowledged any more.
    public Optional<Throwable> failure() {
        return Optional.ofNullable(cause);
    }

    /// Waits until there is a [#failure]: for ever, if all goes well.
    public Throwable awaitFailure() throws InterruptedException {
        failed.await();
        return cause;
    }

    @Override
    public void close() throws IOException {
        Running.withdraw(data);
    }
}
