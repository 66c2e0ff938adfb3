package io.headrace.shovel;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.net.TlsTrust;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;

/// A connection to another broker, or to this one by its socket, and one channel on it.
///
/// Threads: the shovel's.
final class RemoteEnd {
    private static final int CONNECTION_TIMEOUT_MILLIS = 10_000;
    private static final int CLOSE_TIMEOUT_MILLIS = 5_000;
    /// The largest that RabbitMQ sends unless it is told otherwise.
    private static final int BODY_BYTES_MAX = 128 << 20;

    private final Connection connection;
    private final Channel channel;

    private RemoteEnd(Connection connection, Channel channel) {
        this.connection = connection;
        this.channel = channel;
    }

    /// @param callbacks runs what the library tells
    static RemoteEnd open(ShovelUri uri, String name, Inbox inbox, ExecutorService callbacks) throws ShovelTrouble {
        Connection connection = null;
        try {
            connection = factory(uri, callbacks).newConnection(name);
            var channel = connection.createChannel();
            var end = new RemoteEnd(connection, channel);
            channel.addShutdownListener(cause -> inbox.put(new Inbox.Event.Failed(reason(cause))));
            return end;
        } catch (IOException | TimeoutException | ShutdownSignalException | GeneralSecurityException e) {
            if (connection != null) {
                connection.abort(CLOSE_TIMEOUT_MILLIS);
            }
            throw new ShovelTrouble("cannot connect to " + uri + ": " + reason(e));
        }
    }

    private static ConnectionFactory factory(ShovelUri uri, ExecutorService callbacks)
            throws IOException, GeneralSecurityException {
        var factory = new ConnectionFactory();
        factory.setHost(uri.host().orElseThrow());
        factory.setPort(uri.port());
        uri.user().ifPresent(factory::setUsername);
        uri.password().ifPresent(factory::setPassword);
        factory.setVirtualHost(uri.vhost());
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setConnectionTimeout(uri.number(ShovelUri.CONNECTION_TIMEOUT).orElse(CONNECTION_TIMEOUT_MILLIS));
        uri.number(ShovelUri.HEARTBEAT).ifPresent(factory::setRequestedHeartbeat);
        uri.number(ShovelUri.CHANNEL_MAX).ifPresent(factory::setRequestedChannelMax);
        factory.setMaxInboundMessageBodySize(BODY_BYTES_MAX);
        factory.setSharedExecutor(callbacks);
        factory.setThreadFactory(Thread.ofVirtual().name("shovel-client").factory());
        if (uri.tls() && uri.verifies()) {
            factory.useSslProtocol(TlsTrust.context(uri.options().get(ShovelUri.CA_FILE)));
            factory.enableHostnameVerification();
        } else if (uri.tls()) {
            factory.useTlsWithNoVerification();
        }
        return factory;
    }

    /// What a library's exception says to an operator.
    static String reason(Throwable trouble) {
        for (Throwable at = trouble; at != null; at = at.getCause()) {
            if (at instanceof ShutdownSignalException signal) {
                return switch (signal.getReason()) {
                    case AMQP.Channel.Close close -> close.getReplyCode() + " " + close.getReplyText();
                    case AMQP.Connection.Close close -> close.getReplyCode() + " " + close.getReplyText();
                    case null -> signal.getCause() == null ? "connection closed" : reason(signal.getCause());
                    default -> signal.getMessage(); // of methods that close nothing
                };
            }
        }
        return trouble.getMessage() == null || trouble.getMessage().isEmpty()
                ? trouble.getClass().getSimpleName()
                : trouble.getMessage();
    }

    Channel channel() {
        return channel;
    }

    Connection connection() {
        return connection;
    }

    /// Something asked of the other broker.
    interface Call<T> {
        T run() throws IOException;
    }

    static <T> T call(Call<T> call) throws ShovelTrouble {
        try {
            return call.run();
        } catch (IOException | ShutdownSignalException e) {
            throw new ShovelTrouble(reason(e));
        }
    }

    /// Durable, if it is not there.
    ///
    /// @return how many messages are ready in it
    long ensureQueue(String name, FieldTable arguments) throws ShovelTrouble {
        // a channel of its own, since the answer "not found" closes it
        var asking = call(connection::createChannel);
        try {
            long ready = asking.queueDeclarePassive(name).getMessageCount();
            call(() -> {
                asking.abort();
                return null;
            });
            return ready;
        } catch (IOException e) {
            boolean missing = e.getCause() instanceof ShutdownSignalException signal
                    && signal.getReason() instanceof AMQP.Channel.Close close
                    && close.getReplyCode() == AMQP.NOT_FOUND;
            if (!missing) {
                throw new ShovelTrouble(reason(e));
            }
            return call(() -> channel.queueDeclare(name, true, false, false, map(arguments)))
                    .getMessageCount();
        }
    }

    static Map<String, Object> map(FieldTable table) {
        Map<String, Object> map = new HashMap<>();
        table.fields().forEach((name, value) -> map.put(name, object(value)));
        return map;
    }

    /// As JSON has it.
    private static Object object(FieldValue value) {
        return switch (value) {
            case FieldValue.Bool(boolean set) -> set;
            case FieldValue.Float64(double number) -> number;
            case FieldValue.LongString text -> text.text();
            case FieldValue.Table(FieldTable table) -> map(table);
            case FieldValue.Array(List<FieldValue> values) -> {
                List<Object> objects = new ArrayList<>();
                values.forEach(one -> objects.add(object(one)));
                yield objects;
            }
            case FieldValue.Nothing _ -> null;
            case FieldValue.Int8 _,
                    FieldValue.UInt8 _,
                    FieldValue.Int16 _,
                    FieldValue.UInt16 _,
                    FieldValue.Int32 _,
                    FieldValue.UInt32 _,
                    FieldValue.Int64 _ -> value.integer().orElseThrow();
            case FieldValue.Float32 _, FieldValue.Decimal _, FieldValue.Timestamp _, FieldValue.Binary _ ->
                throw new IllegalStateException("JSON has no " + value.typeName());
        };
    }

    /// Waits for the other side, so that it has taken what was written; not on a thread that was interrupted.
    void close() {
        if (Thread.currentThread().isInterrupted()) {
            connection.abort(CLOSE_TIMEOUT_MILLIS);
            return;
        }
        try {
            connection.close(CLOSE_TIMEOUT_MILLIS);
        } catch (IOException | ShutdownSignalException _) {
            connection.abort(CLOSE_TIMEOUT_MILLIS); // it was closed, or is cut now
        }
    }
}
