package io.headrace.broker;

import io.headrace.catalog.Refusal;
import io.headrace.message.FieldTable;
import io.headrace.message.StoredMessage;
import io.headrace.queue.Peek;
import io.headrace.security.User;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// One connection's place in a vhost. Owns what lives as long as the connection: exclusive queues,
/// consumers.
///
/// Threads: the loop it was opened for.
public interface Session {
    User user();

    String vhost();

    /// Checks permissions, decides, and answers when the change is committed (or at once if nothing
    /// changes).
    void perform(Command command, Consumer<Answer> answer);

    /// For one channel. `confirms` hears of publishes that were made with a sequence number above 0.
    Publisher publisher(Confirms confirms);

    /// The same for a channel of this number, which tracing tells.
    default Publisher publisher(Confirms confirms, int channel) {
        return publisher(confirms);
    }

    /// Adds a consumer. On success the answer comes before the first delivery.
    ///
    /// @param arguments as the client gave them (`x-priority`)
    void consume(
            String queue,
            ConsumerPort port,
            boolean manualAck,
            boolean exclusive,
            FieldTable arguments,
            Consumer<Consuming> answer);

    /// How long a consumer of this queue may take to settle a delivery, if the queue says; 0 is without limit.
    OptionalLong consumerTimeoutMillis(String queue);

    sealed interface Consuming {
        record Started(Subscription subscription) implements Consuming {}

        record Refused(Refusal refusal) implements Consuming {}
    }

    /// Takes one message out of turn. With `manualAck` false it is gone when the answer returns.
    void get(String queue, boolean manualAck, GetPort port);

    /// Shows ready messages of a queue, but for the first `skip`, and takes none: nothing is marked or moved.
    void peek(String queue, int skip, int most, PeekPort port);

    /// True while nothing should be published, nor more read from a peer that does: the log is behind.
    boolean underPressure();

    /// Runs `task` once, later: when it may go on. It has to ask again then, for many may have waited.
    void onRelief(Runnable task);

    /// Counts one more channel of the user.
    ///
    /// @return why it may not be opened: the user has as many as allowed
    default Optional<Refusal> openChannel() {
        return Optional.empty();
    }

    /// One that [#openChannel] counted is gone. Those open at the end go with the session.
    default void closeChannel() {}

    /// It belongs to a connection that operators see by this name.
    default void ofConnection(String name) {}

    /// `listener` hears, once, why the session has to end although nobody on either side asked for it: its vhost or
    /// its user was deleted. The front says so to its peer and closes the session.
    default void onEnd(Consumer<String> listener) {}

    /// Cancels what is still subscribed and deletes the exclusive queues. Unsettled deliveries must have
    /// been requeued by the front before. `done` runs when the queues are gone.
    void close(Runnable done);

    /// Publishing on one channel.
    interface Publisher {
        /// Routes and stores one message.
        ///
        /// `names` holds the exchange name and directly after it the routing key, as bytes; this method
        /// checks that they are UTF-8 when it has not met them before.
        ///
        /// @param sequence confirm number, ascending from 1, or 0 for none
        /// @return how many queues took it; 0 if nobody is bound: the front then returns a mandatory
        ///     message. The confirm of an unroutable one comes after this method has returned
        /// @throws RefusedException no such exchange, no write permission, an internal exchange, a bad
        ///     header, a direct reply asked for that nobody would hear; nothing was stored
        int publish(byte[] names, int exchangeBytes, int keyBytes, Content content, long sequence)
                throws RefusedException;

        /// Whether [#publish] would take such a message now, for a transaction that publishes it later.
        ///
        /// @throws RefusedException why it would not
        void check(byte[] names, int exchangeBytes, int keyBytes, Content content) throws RefusedException;

        /// Makes `port` hear the answers to what is published here from now on with `amq.rabbitmq.reply-to` as its
        /// `reply-to`. They need no acknowledgement. Refused while another port does.
        Consuming consumeReplies(ConsumerPort port);

        /// Whether, of what was published without a confirm number since the last call, a queue refused something
        /// for want of room.
        boolean refusedSome();

        /// What was published here, by exchange; of exchanges past some hundred not all.
        default List<ExchangePublishes> publishes() {
            return List.of();
        }

        /// Runs `done` when everything that was published and settled through this session so far is
        /// committed.
        void whenCommitted(Runnable done);
    }

    /// The content of a message that is being published: copied from, once, during the call.
    interface Content {
        int propertiesBytes();

        int bodyBytes();

        /// Copies the raw property flags and list to `target` at `at`.
        void copyProperties(ByteBuffer target, int at);

        void copyBody(ByteBuffer target, int at);
    }

    /// Hears confirms. Each sequence number is confirmed or rejected once; `multiple` covers all lower ones that are
    /// neither yet.
    interface Confirms {
        void confirmed(long sequence, boolean multiple);

        /// A queue has no room for it; others may have it.
        void rejected(long sequence);
    }

    /// A consumer's side that the front implements. What the engine calls here it calls in the middle of its work: none
    /// of it may throw, nor close the session.
    interface ConsumerPort {
        /// Whether one more message can be taken now: prefetch window, room in the socket's buffer.
        boolean ready();

        /// Unsettled deliveries that it takes at most; 0 for any number, which a stream refuses.
        default int prefetch() {
            return 0;
        }

        /// The channel's number, which tracing tells.
        default int channel() {
            return 0;
        }

        /// Whether a limit holds for it and others together, which a stream refuses.
        default boolean sharesPrefetch() {
            return false;
        }

        /// Takes a message. `message` is valid during the call.
        ///
        /// @param attempts that failed before, as far as the queue counts them
        void deliver(Lease lease, long sequence, StoredMessage message, boolean redelivered, int attempts);

        /// The queue is gone. No delivery follows, and the subscription needs no cancel.
        void cancelled();
    }

    /// The front's handle on its consumer.
    interface Subscription {
        /// [ConsumerPort#ready] may have become true.
        void resume();

        /// False while it waits for its turn on a queue that has one consumer at a time.
        default boolean active() {
            return true;
        }

        /// No delivery after the call. What was delivered stays outstanding.
        void cancel();
    }

    /// Where a delivery came from and goes back to: the queue. Settle each delivered sequence once, and
    /// only if it was delivered for manual acknowledgement. A queue deleted meanwhile takes settlements
    /// silently.
    interface Lease {
        void ack(long sequence);

        /// Back to its place, marked as redelivered: it was tried in vain.
        void requeue(long sequence);

        /// The same, and nobody tried; which makes a difference to queues with a delayed retry.
        void release(long sequence);

        /// Refused for good: dead-lettered where the queue says so, else gone.
        void discard(long sequence);
    }

    /// Takes the answer of [Session#peek]: messages, then `done`; or `refused` alone.
    interface PeekPort extends Peek.Viewer {
        void refused(Refusal refusal);
    }

    /// Takes the answer of [Session#get]; exactly one of the methods is called.
    interface GetPort {
        /// The channel's number, which tracing tells.
        default int channel() {
            return 0;
        }

        /// @param attempts as in [ConsumerPort#deliver]
        /// @param remaining ready messages after this one
        void message(
                Lease lease, long sequence, StoredMessage message, boolean redelivered, int attempts, long remaining);

        void empty();

        void refused(Refusal refusal);
    }
}
