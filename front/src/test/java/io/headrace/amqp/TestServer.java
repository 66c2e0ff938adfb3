package io.headrace.amqp;

import io.headrace.net.EventLoops;
import io.headrace.net.Listener;
import io.headrace.net.ListenerConfig;
import io.headrace.net.NettyLoop;
import io.headrace.time.Clock;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/// The AMQP front on a real port, before [MemoryBroker].
final class TestServer implements AutoCloseable {
    final MemoryBroker broker = new MemoryBroker();
    private final EventLoops loops = new EventLoops(1, Clock.system());
    private final Listener listener;

    TestServer() throws IOException {
        this(AmqpConfig.defaults());
    }

    TestServer(AmqpConfig config) throws IOException {
        listener = Listener.open(
                ListenerConfig.of("amqp", "127.0.0.1", 0),
                loops,
                List.of(new AmqpProtocol(broker, config)),
                Optional.empty());
    }

    int port() {
        return listener.port();
    }

    NettyLoop loop() {
        return loops.engine();
    }

    /// Runs `work` on the loop and waits for it.
    <T> T onLoop(Callable<T> work) {
        var done = new CompletableFuture<T>();
        loop().execute(() -> {
            try {
                done.complete(work.call());
            } catch (Exception trouble) {
                done.completeExceptionally(trouble);
            }
        });
        return done.join();
    }

    void onLoop(Runnable work) {
        onLoop(() -> {
            work.run();
            return true;
        });
    }

    @Override
    public void close() {
        listener.close();
        loops.close();
    }
}
