package io.headrace.conformance.rabbitmq;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.core.ConditionTimeoutException;

/// One connection with one channel, both opened again after the broker has closed them. What is done through it is a
/// step of the [Script]: named after what is done, and answered by what the broker said until it has also answered the
/// next method, so that also what has no reply is known to have been taken or refused.
///
/// Threads: one, beside the client's own.
final class Session implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration SURPLUS = Duration.ofMillis(150);
    /// A look at a queue renews its time, so there is more of it between two looks.
    private static final Duration LOOKS_AT_LIFE = Duration.ofMillis(450);
    private static final int ANSWER_TIMEOUT_MILLIS = 10_000;

    private final Script script;
    private final String who;
    private final ConnectionFactory factory;
    private final Map<String, BlockingQueue<List<String>>> inboxes = new ConcurrentHashMap<>();
    private final List<String> heard = new ArrayList<>(); // guarded by itself: returns and confirms
    private final SortedSet<Long> unconfirmed = new TreeSet<>(); // guarded by heard
    private Connection connection;
    private Channel channel;

    /// @param who begins the names of its steps, if not empty
    Session(Script script, String who, ConnectionFactory factory) {
        this.script = script;
        this.who = who.isEmpty() ? "" : who + ": ";
        this.factory = factory;
        factory.setChannelRpcTimeout(ANSWER_TIMEOUT_MILLIS);
        factory.setAutomaticRecoveryEnabled(false);
    }

    /// Something that is done and fills the lines of its answer.
    interface Step {
        void run(List<String> answer) throws IOException;
    }

    void step(String name, Step step) {
        var answer = new ArrayList<String>();
        try {
            step.run(answer);
        } catch (IOException | ShutdownSignalException e) {
            answer.add(failure(e));
        } catch (ConditionTimeoutException e) {
            answer.add("waited in vain");
        }
        script.note(who + name, answer);
    }

    private String failure(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ShutdownSignalException signal) {
                return script.answers().closing(signal);
            }
            if (cause instanceof ChannelContinuationTimeoutException) {
                abandon();
                return "no answer";
            }
        }
        return failure.getClass().getSimpleName() + " " + failure.getMessage();
    }

    Channel channel() throws IOException {
        if (connection == null || !connection.isOpen()) {
            try {
                connection = factory.newConnection();
            } catch (TimeoutException e) {
                throw new IOException(e);
            }
            channel = null;
        }
        if (channel == null || !channel.isOpen()) {
            channel = connection.createChannel();
            inboxes.clear();
            synchronized (heard) {
                heard.clear();
                unconfirmed.clear();
            }
            listen(channel);
        }
        return channel;
    }

    private void listen(Channel opened) {
        opened.addReturnListener((code, text, exchange, key, properties, body) -> hear(() -> {
            heard.add("return " + code + " " + text);
            heard.addAll(script.answers().message("returned", exchange, key, properties, body));
        }));
        opened.addConfirmListener(
                (tag, multiple) -> settled("ack", tag, multiple), (tag, multiple) -> settled("nack", tag, multiple));
    }

    private void settled(String how, long tag, boolean multiple) {
        hear(() -> {
            var settled = multiple ? new TreeSet<>(unconfirmed.headSet(tag + 1)) : new TreeSet<>(List.of(tag));
            settled.forEach(one -> heard.add(how + " " + one));
            unconfirmed.removeAll(settled);
        });
    }

    private void hear(Runnable noting) {
        synchronized (heard) {
            noting.run();
            heard.notifyAll();
        }
    }

    /// A method that the client has no call for.
    void rpc(String name, Method method) {
        step(
                name,
                answer -> answer.add(script.answers()
                        .text(String.valueOf(channel().rpc(method).getMethod()))));
    }

    /// Waits until the broker has handled what was sent on this channel before.
    private void barrier() throws IOException {
        channel.rpc(new AMQP.Channel.Flow.Builder().active(true).build());
    }

    void exchange(String name, String type, String flags, Object... arguments) {
        step("exchange.declare '%s' %s %s%s".formatted(name, type, flags, shown(arguments)), answer -> {
            channel()
                    .exchangeDeclare(
                            name,
                            type,
                            flags.contains("durable"),
                            flags.contains("auto-delete"),
                            flags.contains("internal"),
                            table(arguments));
            answer.add("declare-ok");
        });
    }

    void passiveExchange(String name) {
        step("exchange.declare '%s' passive".formatted(name), answer -> {
            channel().exchangeDeclarePassive(name);
            answer.add("declare-ok");
        });
    }

    void deleteExchange(String name, boolean ifUnused) {
        step("exchange.delete '%s'%s".formatted(name, ifUnused ? " if-unused" : ""), answer -> {
            channel().exchangeDelete(name, ifUnused);
            answer.add("delete-ok");
        });
    }

    void bindExchange(String destination, String source, String key, Object... arguments) {
        step("exchange.bind '%s' to '%s' by '%s'%s".formatted(destination, source, key, shown(arguments)), answer -> {
            channel().exchangeBind(destination, source, key, table(arguments));
            answer.add("bind-ok");
        });
    }

    void unbindExchange(String destination, String source, String key, Object... arguments) {
        step(
                "exchange.unbind '%s' from '%s' by '%s'%s".formatted(destination, source, key, shown(arguments)),
                answer -> {
                    channel().exchangeUnbind(destination, source, key, table(arguments));
                    answer.add("unbind-ok");
                });
    }

    void queue(String name, String flags, Object... arguments) {
        step("queue.declare '%s' %s%s".formatted(name, flags, shown(arguments)), answer -> {
            var declared = channel()
                    .queueDeclare(
                            name,
                            flags.contains("durable"),
                            flags.contains("exclusive"),
                            flags.contains("auto-delete"),
                            table(arguments));
            answer.add(declaredAs(declared));
        });
    }

    void count(String queue) {
        step(
                "queue.declare '%s' passive".formatted(queue),
                answer -> answer.add(declaredAs(channel().queueDeclarePassive(queue))));
    }

    /// Waits until the queue has so many ready messages.
    void countReaches(String queue, int messages) {
        step("'%s' comes to %d messages".formatted(queue, messages), answer -> {
            awaitCount(queue, messages);
            answer.add(declaredAs(channel().queueDeclarePassive(queue)));
        });
    }

    private void awaitCount(String queue, int messages) throws IOException {
        channel();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> channel.queueDeclarePassive(queue).getMessageCount() == messages);
    }

    private String declaredAs(AMQP.Queue.DeclareOk declared) {
        return "declare-ok '%s' messages=%d consumers=%d"
                .formatted(
                        script.answers().text(declared.getQueue()),
                        declared.getMessageCount(),
                        declared.getConsumerCount());
    }

    void deleteQueue(String name, String conditions) {
        step("queue.delete '%s' %s".formatted(name, conditions), answer -> {
            var deleted =
                    channel().queueDelete(name, conditions.contains("if-unused"), conditions.contains("if-empty"));
            answer.add("delete-ok messages=" + deleted.getMessageCount());
        });
    }

    /// Without a step of its own.
    void forgetQueue(String name) {
        try {
            channel().queueDelete(name);
        } catch (IOException e) {
            // There is none: the broker refused to make it, and the script has noted why.
        }
    }

    /// Waits until there is no such queue.
    void vanishes(String queue) {
        step("'%s' vanishes".formatted(queue), answer -> {
            channel();
            await().atMost(PATIENCE).pollInterval(LOOKS_AT_LIFE).until(() -> isMissing(queue));
            answer.add("gone");
        });
    }

    private boolean isMissing(String queue) throws IOException {
        try (var looking = connection.createChannel()) {
            looking.queueDeclarePassive(queue);
            return false;
        } catch (IOException e) {
            return true;
        } catch (TimeoutException e) {
            throw new IOException(e);
        }
    }

    void purge(String name) {
        step(
                "queue.purge '%s'".formatted(name),
                answer -> answer.add(
                        "purge-ok messages=" + channel().queuePurge(name).getMessageCount()));
    }

    void bind(String queue, String exchange, String key, Object... arguments) {
        step("queue.bind '%s' to '%s' by '%s'%s".formatted(queue, exchange, key, shown(arguments)), answer -> {
            channel().queueBind(queue, exchange, key, table(arguments));
            answer.add("bind-ok");
        });
    }

    void unbind(String queue, String exchange, String key, Object... arguments) {
        step("queue.unbind '%s' from '%s' by '%s'%s".formatted(queue, exchange, key, shown(arguments)), answer -> {
            channel().queueUnbind(queue, exchange, key, table(arguments));
            answer.add("unbind-ok");
        });
    }

    void confirms() {
        step("confirm.select", answer -> {
            channel().confirmSelect();
            answer.add("select-ok");
        });
    }

    void transactions() {
        step("tx.select", answer -> {
            channel().txSelect();
            answer.add("select-ok");
        });
    }

    void commit() {
        step("tx.commit", answer -> {
            channel().txCommit();
            answer.add("commit-ok");
            answer.addAll(takeHeard());
        });
    }

    void rollback() {
        step("tx.rollback", answer -> {
            channel().txRollback();
            answer.add("rollback-ok");
            answer.addAll(takeHeard());
        });
    }

    void publish(String exchange, String key, String body) {
        publish(exchange, key, body, false, null);
    }

    void publish(String exchange, String key, String body, BasicProperties properties) {
        publish(exchange, key, body, false, properties);
    }

    void publishMandatory(String exchange, String key, String body) {
        publish(exchange, key, body, true, null);
    }

    void publish(String exchange, String key, String body, boolean mandatory, BasicProperties properties) {
        var name = "basic.publish '%s' to '%s' by '%s'%s%s"
                .formatted(body, exchange, key, mandatory ? " mandatory" : "", shown(properties));
        step(name, answer -> {
            long number = channel().getNextPublishSeqNo();
            if (number > 0) {
                synchronized (heard) {
                    unconfirmed.add(number);
                }
            }
            channel.basicPublish(exchange, key, mandatory, properties, body.getBytes());
            barrier();
            awaitConfirms();
            answer.add("taken");
            answer.addAll(takeHeard());
        });
    }

    private void awaitConfirms() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
            synchronized (heard) {
                return unconfirmed.isEmpty() || !channel.isOpen();
            }
        });
    }

    private List<String> takeHeard() {
        synchronized (heard) {
            var taken = List.copyOf(heard);
            heard.clear();
            return taken;
        }
    }

    void get(String queue) {
        get(queue, false);
    }

    void get(String queue, boolean autoAck) {
        step("basic.get '%s'%s".formatted(queue, autoAck ? " no-ack" : ""), answer -> {
            answer.addAll(got("got", channel().basicGet(queue, autoAck)));
        });
    }

    private List<String> got(String path, GetResponse got) {
        if (got == null) {
            return List.of("get-empty");
        }
        var lines = script.answers()
                .message(
                        path,
                        got.getEnvelope().getExchange(),
                        got.getEnvelope().getRoutingKey(),
                        got.getProps(),
                        got.getBody());
        lines.add(path + ".redelivered = " + got.getEnvelope().isRedeliver());
        lines.add(path + ".message-count = " + got.getMessageCount());
        return lines;
    }

    /// Waits until so many messages are there, and takes all.
    void drain(String queue, int messages) {
        step("all %d of '%s'".formatted(messages, queue), answer -> {
            try {
                awaitCount(queue, messages);
            } catch (ConditionTimeoutException e) {
                answer.add("waited in vain");
            }
            int taken = 0;
            var taking = connection.createChannel(); // so that the delivery tags of the other count what it shows
            for (GetResponse got; (got = taking.basicGet(queue, true)) != null; taken++) {
                answer.addAll(got("[" + taken + "]", got));
            }
            taking.abort();
            answer.add("messages = " + taken);
        });
    }

    /// @param flags of `no-ack`, `exclusive`, `no-local`
    void consume(String queue, String tag, String flags, Object... arguments) {
        step("basic.consume '%s' as '%s' %s%s".formatted(queue, tag, flags, shown(arguments)), answer -> {
            channel();
            var inbox = new LinkedBlockingQueue<List<String>>();
            var consumer = new DefaultConsumer(channel) {
                @Override
                public void handleDelivery(
                        String consumerTag, Envelope envelope, BasicProperties properties, byte[] body) {
                    var lines = script.answers()
                            .message("", envelope.getExchange(), envelope.getRoutingKey(), properties, body);
                    lines.add(".redelivered = " + envelope.isRedeliver());
                    lines.add(".delivery-tag = " + envelope.getDeliveryTag());
                    inbox.add(lines);
                }

                @Override
                public void handleCancel(String consumerTag) {
                    inbox.add(List.of(" is cancelled by the server"));
                }
            };
            if (!tag.isEmpty()) {
                inboxes.put(tag, inbox);
            }
            var given = channel.basicConsume(
                    queue,
                    flags.contains("no-ack"),
                    tag,
                    flags.contains("no-local"),
                    flags.contains("exclusive"),
                    table(arguments),
                    consumer);
            answer.add("consume-ok '" + script.answers().text(given) + "'");
        });
    }

    void cancel(String tag) {
        step("basic.cancel '%s'".formatted(tag), answer -> {
            channel().basicCancel(tag);
            answer.add("cancel-ok");
        });
    }

    /// What a consumer has got: waits for so many messages and a little longer for one too many.
    void received(String tag, int messages) {
        step("'%s' receives %d".formatted(tag, messages), answer -> {
            var inbox = inboxes.getOrDefault(tag, new LinkedBlockingQueue<>());
            for (int i = 0; i < messages; i++) {
                if (!take(inbox, i, PATIENCE, answer)) {
                    answer.add("waited in vain");
                    return;
                }
            }
            for (int i = messages; take(inbox, i, SURPLUS, answer); i++) {
                answer.add("[" + i + "] was not waited for");
            }
        });
    }

    private static boolean take(BlockingQueue<List<String>> inbox, int number, Duration patience, List<String> answer) {
        try {
            var lines = inbox.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (lines == null) {
                return false;
            }
            lines.forEach(line -> answer.add("[" + number + "]" + line));
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    void ack(long tag, boolean multiple) {
        step("basic.ack %d%s".formatted(tag, multiple ? " multiple" : ""), answer -> {
            channel().basicAck(tag, multiple);
            barrier();
            answer.add("taken");
        });
    }

    void nack(long tag, boolean multiple, boolean requeue) {
        step("basic.nack %d%s%s".formatted(tag, multiple ? " multiple" : "", requeue ? " requeue" : ""), answer -> {
            channel().basicNack(tag, multiple, requeue);
            barrier();
            answer.add("taken");
        });
    }

    void reject(long tag, boolean requeue) {
        step("basic.reject %d%s".formatted(tag, requeue ? " requeue" : ""), answer -> {
            channel().basicReject(tag, requeue);
            barrier();
            answer.add("taken");
        });
    }

    void recover(boolean requeue) {
        step("basic.recover%s".formatted(requeue ? " requeue" : ""), answer -> {
            channel().basicRecover(requeue);
            answer.add("recover-ok");
        });
    }

    void qos(int size, int count, boolean global) {
        step("basic.qos %d %d%s".formatted(size, count, global ? " global" : ""), answer -> {
            channel().basicQos(size, count, global);
            answer.add("qos-ok");
        });
    }

    void closeChannel() {
        step("channel.close", answer -> {
            try {
                channel().close();
                answer.add("close-ok");
            } catch (TimeoutException e) {
                answer.add("no answer");
            }
        });
    }

    void closeConnection() {
        step("connection.close", answer -> {
            channel();
            connection.close(ANSWER_TIMEOUT_MILLIS);
            answer.add("close-ok");
        });
    }

    /// A new connection to see whether one is given.
    void connect() {
        step("connect", answer -> {
            close();
            channel();
            answer.add("connected");
        });
    }

    private void abandon() {
        if (connection != null) {
            connection.abort(0);
        }
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.abort(ANSWER_TIMEOUT_MILLIS);
        }
    }

    /// Pairs of key and value.
    static Map<String, Object> table(Object... pairs) {
        var table = new TreeMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            table.put((String) pairs[i], pairs[i + 1]);
        }
        return table;
    }

    private static String shown(Object... pairs) {
        if (pairs.length == 0) {
            return "";
        }
        var shown = new ArrayList<String>();
        table(pairs).forEach((key, value) -> shown.add(key + "=" + shown(value)));
        return " " + shown;
    }

    private static String shown(Object value) {
        return switch (value) {
            case null -> "void";
            case String string -> "'" + string + "'";
            case byte[] bytes -> bytes.length + " bytes";
            case Integer number -> number.toString();
            case List<?> list -> list.toString();
            case Map<?, ?> map -> map.toString();
            default -> value.getClass().getSimpleName() + " " + value;
        };
    }

    private static String shown(BasicProperties properties) {
        if (properties == null) {
            return "";
        }
        var shown = new StringBuilder();
        properties.appendPropertyDebugStringTo(shown);
        return " "
                + shown.toString()
                        .replaceAll("[\\w-]+=null(, )?", "")
                        .replace(", )", ")")
                        .replaceAll("\\[B@\\w+", "bytes");
    }
}
