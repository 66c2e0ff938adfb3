package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.ShutdownNotifier;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Why the broker closed a channel or a connection.
///
/// @param connection the whole connection, not only the channel
/// @param method class and method id of what was to blame, `60.40`
record Closing(boolean connection, int code, String text, String method) {
    /// Does what the broker will not take, and waits for its answer.
    static Closing of(ShutdownNotifier closing, Attempt attempt) throws InterruptedException {
        var heard = new CompletableFuture<ShutdownSignalException>();
        closing.addShutdownListener(heard::complete);
        try {
            attempt.run();
        } catch (IOException | AlreadyClosedException e) {
            // Told to the listener as well, unless the client refused by itself: then the wait below fails.
        }
        try {
            return of(heard.get(20, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the broker did not close it", e);
        }
    }

    private static Closing of(ShutdownSignalException signal) {
        return switch (signal.getReason()) {
            case AMQP.Channel.Close close ->
                new Closing(
                        false,
                        close.getReplyCode(),
                        close.getReplyText(),
                        close.getClassId() + "." + close.getMethodId());
            case AMQP.Connection.Close close ->
                new Closing(
                        true,
                        close.getReplyCode(),
                        close.getReplyText(),
                        close.getClassId() + "." + close.getMethodId());
            case null, default -> throw new AssertionError("closed without a reason from the broker", signal);
        };
    }

    /// Something that the broker answers by closing.
    interface Attempt {
        void run() throws IOException;
    }

    void assertChannel(int code, String text) {
        assertThat(this.text).isEqualTo(text);
        assertThat(this.code).isEqualTo(code);
        assertThat(connection).as("closes the connection").isFalse();
    }

    void assertConnection(int code, String text) {
        assertThat(this.text).isEqualTo(text);
        assertThat(this.code).isEqualTo(code);
        assertThat(connection).as("closes the connection").isTrue();
    }
}
