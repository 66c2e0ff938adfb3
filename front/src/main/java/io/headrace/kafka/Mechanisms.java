package io.headrace.kafka;

import io.headrace.broker.Broker;
import io.headrace.kafka.oauth.TokenCheck;
import io.headrace.net.Wire;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The ways to log in that are offered.
///
/// Threads: any.
final class Mechanisms {
    private static final long REST_SECONDS = 10;

    private final Broker broker;
    private final SaslConfig config;
    private final Optional<OauthExchange.Ground> oauth;

    private Mechanisms(Broker broker, SaslConfig config, Optional<OauthExchange.Ground> oauth) {
        this.broker = broker;
        this.config = config;
        this.oauth = oauth;
    }

    /// @throws IOException the keys that tokens are signed by cannot be read
    static Mechanisms open(Broker broker, SaslConfig config) throws IOException {
        return open(broker, config, tokenThread());
    }

    /// @param thread where tokens are checked, one at a time
    static Mechanisms open(Broker broker, SaslConfig config, Executor thread) throws IOException {
        return new Mechanisms(
                broker,
                config,
                config.oauth().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new OauthExchange.Ground(
                                TokenCheck.open(config.oauth().get()), thread)));
    }

    /// One thread, gone while nobody logs in. A connection has one token under way, so what waits for it is bounded by
    /// the connections that are not logged in.
    private static Executor tokenThread() {
        var thread = new ThreadPoolExecutor(
                1,
                1,
                REST_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("kafka-tokens").daemon().factory());
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }

    List<String> names() {
        return config.mechanisms();
    }

    /// After so long a client must log in again; 0 if it need not.
    long maxReauthMillis() {
        return config.maxReauthMillis();
    }

    /// A mechanism ready for its first token; empty if it is not offered.
    Optional<SaslMechanism> named(String name, Wire wire) {
        if (!config.mechanisms().contains(name)) {
            return Optional.empty();
        }
        return Optional.of(
                switch (name) {
                    case SaslConfig.PLAIN -> new PlainMechanism(broker, wire);
                    case SaslConfig.OAUTHBEARER -> new OauthExchange(oauth.orElseThrow(), broker, wire);
                    default -> ScramExchange.named(name, broker, wire);
                });
    }
}
