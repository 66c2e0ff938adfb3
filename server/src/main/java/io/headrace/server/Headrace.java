package io.headrace.server;

import io.headrace.amqp.AmqpProtocol;
import io.headrace.broker.Broker;
import io.headrace.broker.Engine;
import io.headrace.log.CommitLog;
import io.headrace.log.FileStorage;
import io.headrace.log.HeadraceLog;
import io.headrace.log.PageArena;
import io.headrace.net.EventLoops;
import io.headrace.net.Listener;
import io.headrace.net.NettyLoop;
import io.headrace.net.Protocol;
import io.headrace.net.Tls;
import io.headrace.time.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// A broker: what is built on what, from the data directory up to the listeners.
///
/// Threads: any; [#start] returns when clients can connect, [#close] when the last of them is gone and all is on disk.
public final class Headrace implements AutoCloseable {
    /// What clients are told. They branch on it, so it is the RabbitMQ series whose behaviour this is.
    private static final String RABBITMQ_VERSION = "4.2.0";

    private static final int NAME_BYTES = 16; // 22 characters of base64
    private static final int FILE_THREADS = 2;
    private static final int LOOPS = 1; // see docs/decisions/0007

    private final Path data;
    private final HeadraceLog log;
    private final PageArena arena;
    private final EventLoops loops;
    private final ExecutorService files;
    private final Engine engine;
    private final List<Listener> listeners = new ArrayList<>();
    private final List<Tls> certificates = new ArrayList<>();
    private final CountDownLatch failed = new CountDownLatch(1);
    private volatile Throwable cause; // set once, before `failed` opens

    private Headrace(HeadraceConfig config, Path data) throws IOException {
        this.data = data;
        var storage = FileStorage.open(data);
        arena = new PageArena(config.log().memoryBytes());
        log = HeadraceLog.open(storage, config.log(), Clock.system(), arena);
        loops = new EventLoops(LOOPS, Clock.system());
        files = Executors.newFixedThreadPool(
                FILE_THREADS, Thread.ofPlatform().name("files-", 1).daemon().factory());
        engine = Engine.recover(
                identity(),
                new Engine.Ground(log, config.log(), storage, arena, loop(), files, randomNames(), Set.of("guest")));
    }

    /// @throws IOException the data directory cannot be used, or a port cannot be listened on; nothing is left running
    public static Headrace start(HeadraceConfig config) throws IOException {
        var data = config.data().toAbsolutePath().normalize();
        Files.createDirectories(data);
        var headrace = new Headrace(config, data);
        headrace.open(config);
        Running.here(version(), headrace.listeners()).announce(data);
        return headrace;
    }

    private void open(HeadraceConfig config) throws IOException {
        log.start();
        log.commits().addListener(new CommitLog.Listener() {
            @Override
            public void committed(int group, long offset) {}

            @Override
            public void failed(Throwable why) {
                cause = why;
                failed.countDown();
            }
        });
        var ready = new CountDownLatch(1);
        engine.start(ready::countDown);
        await(ready);
        var amqp = List.<Protocol>of(new AmqpProtocol(engine, config.amqp()));
        var plain = config.listeners().plain();
        if (plain.isPresent()) {
            listeners.add(Listener.open(plain.get(), loops, amqp, Optional.empty()));
        }
        var secure = config.listeners().secure();
        if (secure.isPresent()) {
            var tls = Tls.open(secure.get().tls(), loop());
            certificates.add(tls);
            listeners.add(Listener.open(secure.get().listener(), loops, amqp, Optional.of(tls)));
        }
    }

    private NettyLoop loop() {
        return loops.loops().getFirst();
    }

    private static Broker.Identity identity() {
        var host = hostName();
        return new Broker.Identity("rabbit@" + host, "rabbit@" + host, RABBITMQ_VERSION);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static Supplier<String> randomNames() {
        var random = new SecureRandom();
        return () -> {
            var bytes = new byte[NAME_BYTES];
            random.nextBytes(bytes);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        };
    }

    /// Of this build: `0.1.0-SNAPSHOT`; in a test, where there is no jar, `development`.
    public static String version() {
        return Optional.ofNullable(Headrace.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /// Like `amqp on 0.0.0.0:5672`, with the ports that were really taken.
    public List<String> listeners() {
        return listeners.stream()
                .map(listener -> listener.name() + " on " + listener.address())
                .toList();
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
        listeners.forEach(Listener::close);
        if (cause == null) {
            var stopped = new CountDownLatch(1);
            engine.stop(stopped::countDown);
            await(stopped);
        }
        certificates.forEach(Tls::close);
        loops.close();
        files.shutdown();
        log.close();
        Running.withdraw(data);
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting or stopping", e);
        }
    }
}
