package io.headrace.net;

import io.headrace.time.Clock;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;

/// Loads what sockets need while others read the configuration and the log. Without a cache of classes a broker listens
/// a tenth sooner for it; with one it gains nothing (decision 2).
///
/// Threads: any; has one of its own.
public final class Preload {
    private Preload() {}

    /// Begins, and does not wait. What goes wrong here goes wrong again where listeners are opened, and is said there.
    public static void begin() {
        Thread.ofPlatform().name("preload").daemon().start(Preload::useOnce);
    }

    // on a loop of its own; registered and not bound, so that no port is open for it
    private static void useOnce() {
        try (var loops = new EventLoops(1, Clock.system())) {
            var registered = new ServerBootstrap()
                    .group(loops.group())
                    .channel(loops.serverChannel())
                    .childHandler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {}
                    })
                    .register()
                    .awaitUninterruptibly();
            registered.channel().close().awaitUninterruptibly();
        }
    }
}
