package io.headrace.kafka;

import io.headrace.shard.Loop;
import java.util.function.BooleanSupplier;

/// Ends a connection on which nobody logs in who should, or nothing is asked any more. One timer at a time.
///
/// Threads: the loop of its connection.
final class Idleness {
    private static final System.Logger LOG = System.getLogger(Idleness.class.getName());

    private final KafkaConnection connection;
    private final KafkaConfig config;
    private final BooleanSupplier owesLogin;
    private final BooleanSupplier busy;
    private Loop.Timer timer;
    private long heardMillis;

    /// @param owesLogin whether somebody must log in and has not
    /// @param busy whether answers are under way, or the peer is made to wait
    Idleness(KafkaConnection connection, KafkaConfig config, BooleanSupplier owesLogin, BooleanSupplier busy) {
        this.connection = connection;
        this.config = config;
        this.owesLogin = owesLogin;
        this.busy = busy;
        this.heardMillis = nowMillis();
        this.timer =
                connection.loop().schedule(Math.min(config.loginMillis(), config.idleMillis()), this::lookForLogin);
    }

    void heard() {
        heardMillis = nowMillis();
    }

    /// When the peer said something last.
    long heardMillis() {
        return heardMillis;
    }

    private long nowMillis() {
        return connection.loop().clock().millis();
    }

    private void lookForLogin() {
        if (owesLogin.getAsBoolean()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0}: closed, nobody logged in within {1} ms",
                    connection,
                    config.loginMillis());
            connection.wire().close();
        } else {
            look();
        }
    }

    private void look() {
        long quietMillis = nowMillis() - heardMillis;
        if (quietMillis < config.idleMillis() || busy.getAsBoolean()) {
            long restMillis = Math.max(config.idleMillis() - quietMillis, config.idleMillis() / 10);
            timer = connection.loop().schedule(Math.max(1, restMillis), this::look);
        } else {
            LOG.log(System.Logger.Level.DEBUG, "{0}: closed, nothing was asked for {1} ms", connection, quietMillis);
            connection.wire().close();
        }
    }

    void stop() {
        timer.cancel();
    }
}
