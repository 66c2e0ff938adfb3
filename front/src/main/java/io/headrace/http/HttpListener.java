package io.headrace.http;

import io.headrace.net.EventLoops;
import io.headrace.net.Listener;
import io.headrace.net.ListenerConfig;
import io.headrace.net.Tls;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// An open port that speaks HTTP.
///
/// Threads: any.
public final class HttpListener implements AutoCloseable {
    private static final long FINISH_MILLIS = 2_000;

    private final HttpLimits limits;
    private final HttpService service;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("http-", 1).factory());
    private final Semaphore places;
    private final Semaphore streams;
    private final AtomicLong bodyBytes = new AtomicLong();
    private Listener listener; // set once, by open

    private HttpListener(HttpLimits limits, HttpService service) {
        this.limits = limits;
        this.service = service;
        this.places = new Semaphore(limits.servingMax(), true);
        this.streams = new Semaphore(limits.servingMax(), true);
    }

    /// Binds and accepts.
    ///
    /// @throws IOException the address is taken or not ours, in words for the operator
    public static HttpListener open(ListenerConfig config, HttpLimits limits, EventLoops loops, HttpService service)
            throws IOException {
        return open(config, limits, loops, service, Optional.empty());
    }

    /// Binds and accepts.
    ///
    /// @throws IOException the address is taken or not ours, in words for the operator
    public static HttpListener open(
            ListenerConfig config, HttpLimits limits, EventLoops loops, HttpService service, Optional<Tls> tls)
            throws IOException {
        var http = new HttpListener(limits, service);
        http.listener = Listener.open(config, loops, channel -> {
            tls.ifPresent(secret -> secret.protect(channel));
            http.accept(channel);
        });
        return http;
    }

    private void accept(SocketChannel channel) {
        var syntax = new HttpDecoderConfig()
                .setMaxInitialLineLength(HttpLimits.LINE_BYTES_MAX)
                .setMaxHeaderSize(HttpLimits.HEADERS_BYTES_MAX)
                .setMaxChunkSize(HttpLimits.PIECE_BYTES_MAX);
        channel.pipeline().addLast(new HttpServerCodec(syntax)).addLast(new HttpConnection(this));
    }

    public Listener listener() {
        return listener;
    }

    HttpLimits limits() {
        return limits;
    }

    HttpService service() {
        return service;
    }

    ExecutorService threads() {
        return threads;
    }

    Semaphore places() {
        return places;
    }

    /// For answers that are written bit by bit.
    Semaphore streams() {
        return streams;
    }

    /// @return false if bodies that are coming in have too much memory already; then nothing was taken
    boolean takeMemory(int bytes) {
        if (bodyBytes.addAndGet(bytes) > limits.bodiesBytesMax()) {
            bodyBytes.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void giveMemory(int bytes) {
        bodyBytes.addAndGet(-bytes);
    }

    /// Accepts no more; what is being answered may finish for a moment.
    @Override
    public void close() {
        listener.close();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(FINISH_MILLIS, TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
