package io.headrace.bridge;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogListener;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Resource;
import io.headrace.catalog.TopicDefinition;
import io.headrace.message.MalformedException;
import io.headrace.queue.Queue;
import io.headrace.queue.Queues;
import io.headrace.routing.PropertiesTraits;
import io.headrace.routing.Routers;
import io.headrace.shard.Shard;
import io.headrace.stream.BatchWriter;
import io.headrace.stream.Partition;
import io.headrace.stream.Streams;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The stream queues of one shard, what is published into them, and the exchanges that are fed from topics.
///
/// Threads: the loop; before it runs, the thread that recovers.
public final class Bridge implements CatalogListener {
    /// Consumers served before the sockets are read again.
    private static final int ROUND_MAX = 256;

    private static final ByteBuffer NO_HEADERS = ByteBuffer.allocate(0);

    private final Shard shard;
    private final Queues queues;
    private final Streams streams;
    private final Catalog catalog;
    private final Routers routers;
    private final TurnBatches turn;
    private final RecordHeaders headers = new RecordHeaders();
    private final Map<Integer, StreamQueue> byId = new HashMap<>();
    private final Map<Resource, TopicFeed> feeds = new HashMap<>(); // by topic
    private final Map<Partition, LateFeed> late = new HashMap<>();
    private List<Delivering> toDeliver = new ArrayList<>();
    private List<Delivering> delivering = new ArrayList<>();

    public Bridge(Shard shard, Queues queues, Streams streams, Catalog catalog, Routers routers) {
        this.shard = shard;
        this.queues = queues;
        this.streams = streams;
        this.catalog = catalog;
        this.routers = routers;
        this.turn = new TurnBatches(shard);
    }

    /// Empty if there is no stream queue of this id.
    public Optional<StreamQueue> byId(int id) {
        return Optional.ofNullable(byId.get(id));
    }

    /// The queues and streams of these ids.
    ///
    /// @param ids of queues of any type; those that are gone are passed over
    public Destinations destinations(int[] ids) {
        var found = new Queue[ids.length];
        var foundStreams = Destinations.NO_STREAMS;
        int count = 0;
        for (int id : ids) {
            var queue = queues.byId(id);
            if (queue != null) {
                found[count++] = queue;
            } else if (byId.containsKey(id)) {
                foundStreams = Arrays.copyOf(foundStreams, foundStreams.length + 1);
                foundStreams[foundStreams.length - 1] = byId.get(id);
            }
        }
        return new Destinations(count == found.length ? found : Arrays.copyOf(found, count), foundStreams);
    }

    // ---- publishing ----

    /// What became of a publish.
    public sealed interface Publishing {
        /// @param stored as [Queues#enqueue] says
        record Stored(int stored) implements Publishing {}

        /// Nothing is stored.
        record Refused(Refusal refusal) implements Publishing {}
    }

    /// Stores a message in queues and streams, and in what is fed from these streams, all in one entry.
    ///
    /// @param to with at least one stream
    /// @return once it is stored, it goes into the log with this turn's end
    public Publishing publish(Destinations to, boolean persistent, Publication message) {
        return publish(to, persistent, message, 0, () -> {});
    }

    /// The same, in one entry with what `before` encodes, to any destinations.
    ///
    /// @param beforeBytes the most that `before` encodes; it is not called if the message is refused
    public Publishing publish(
            Destinations to, boolean persistent, Publication message, int beforeBytes, Runnable before) {
        try {
            var all = feeds.isEmpty() || to.streams().length == 0 ? to : withFed(to, message);
            var encoded = all.streams().length == 0 ? NO_HEADERS : headers.encode(message);
            long bytes = beforeBytes + bytes(all, message, encoded);
            int operations = all.streams().length + (all.queues().length > 0 ? 1 : 0);
            long most = operations > 1 || beforeBytes > 0 && all.streams().length > 0
                    ? shard.togetherBytesMax()
                    : shard.operationBytesMax();
            if (bytes > most) {
                return new Publishing.Refused(new Refusal.TooLarge(message.bodyBytes(), most / operations));
            }
            shard.together((int) bytes);
            before.run();
            return new Publishing.Stored(store(all, to.streams().length, persistent, message, encoded));
        } catch (MalformedException e) {
            return new Publishing.Refused(new Refusal.Malformed("invalid message headers: " + e.getMessage()));
        }
    }

    /// The most bytes of operations that storing the message takes.
    long bytes(Destinations to, Publication message) {
        return bytes(to, message, to.streams().length == 0 ? NO_HEADERS : headers.encode(message));
    }

    private static long bytes(Destinations to, Publication message, ByteBuffer encoded) {
        long bytes = to.queues().length == 0 ? 0 : Queues.enqueueBytes(to.queues().length, message.sizeBytes());
        return bytes
                + to.streams().length
                        * (TurnBatches.BATCH_BYTES
                                + BatchWriter.sizeMax(message.keyBytes(), message.bodyBytes(), encoded.remaining()));
    }

    /// Room was made sure of.
    void store(Destinations to, boolean persistent, Publication message) {
        store(to, 0, persistent, message, to.streams().length == 0 ? NO_HEADERS : headers.encode(message));
    }

    // what comes to a stream from another one is not passed on from there, now or later
    private int store(Destinations to, int published, boolean persistent, Publication message, ByteBuffer encoded) {
        if (to.streams().length > 0) {
            var key = key(message);
            for (int i = 0; i < to.streams().length; i++) {
                var stream = to.streams()[i];
                boolean first = i < published;
                stream.partition(key)
                        .ifPresent(partition ->
                                turn.add(partition, first && waits(stream, partition), key, message, encoded));
            }
        }
        int stored = to.streams().length > 0 ? Queues.LOGGED : 0;
        if (to.queues().length > 0) {
            stored |= queues.enqueue(to.queues(), persistent, message);
        }
        turn.appendIfLarge();
        return stored;
    }

    private static byte[] key(Publication message) {
        return Arrays.copyOfRange(
                message.names(), message.exchangeBytes(), message.exchangeBytes() + message.keyBytes());
    }

    private boolean waits(StreamQueue stream, Partition partition) {
        return partition.behind() && feeds.containsKey(stream.topic());
    }

    /// Appends what was published in this turn, into the room that was held.
    public void encodeHeld() {
        turn.append();
    }

    // ---- exchanges that are fed ----

    private Destinations withFed(Destinations to, Publication message) {
        var all = to;
        for (var stream : to.streams()) {
            var feed = feeds.get(stream.topic());
            if (feed != null
                    && !stream.partition(key(message)).filter(Partition::behind).isPresent()) {
                all = all.and(fed(feed, message));
            }
        }
        return all;
    }

    /// Where a record of the feed's topic goes, besides the topic.
    Destinations fed(TopicFeed feed, Publication message) {
        var key = new String(message.names(), message.exchangeBytes(), message.keyBytes(), StandardCharsets.UTF_8);
        var router = routers.of(feed.topic().vhost());
        var to = Destinations.NOWHERE;
        for (var exchange : feed.exchanges()) {
            if (router.isPresent()) {
                var route = router.get().route(exchange, key, new PropertiesTraits(message.properties()));
                to = to.and(destinations(route.queueIds()));
            }
        }
        return to.without(feed.topic());
    }

    /// What waits in a partition of the topic is passed on, as far as it may be.
    void late(Partition partition, Resource topic) {
        late.computeIfAbsent(partition, _ -> new LateFeed(this, shard, partition, topic))
                .resume();
    }

    void forget(Partition partition) {
        late.remove(partition);
    }

    Optional<TopicFeed> feed(Resource topic) {
        return Optional.ofNullable(feeds.get(topic));
    }

    @Override
    public void exchangeCreated(ExchangeDefinition exchange) {
        exchange.fromTopic().map(name -> Resource.topic(name, exchange.vhost())).ifPresent(topic -> {
            feeds.computeIfAbsent(topic, _ -> new TopicFeed(this, topic))
                    .exchanges()
                    .add(exchange.name());
            tap(topic);
        });
    }

    @Override
    public void exchangeDeleted(ExchangeDefinition exchange) {
        exchange.fromTopic().map(name -> Resource.topic(name, exchange.vhost())).ifPresent(topic -> {
            var feed = feeds.get(topic);
            feed.exchanges().remove(exchange.name());
            if (feed.exchanges().isEmpty()) {
                feeds.remove(topic);
                tap(topic);
                late.values().forEach(LateFeed::resume);
            }
        });
    }

    @Override
    public void vhostDeleted(String vhost) { // of its exchanges nothing is told
        feeds.keySet().removeIf(topic -> topic.vhost().equals(vhost));
    }

    private void tap(Resource topic) {
        catalog.topic(topic.vhost(), topic.name())
                .ifPresent(definition -> streams.tap(definition, Optional.ofNullable(feeds.get(topic))));
    }

    // ---- which streams there are ----

    /// A queue of type `stream`.
    public void create(QueueDefinition queue) {
        byId.put(queue.id(), new StreamQueue(queue, this));
    }

    /// Its consumers hear of it.
    public void delete(QueueDefinition queue) {
        var stream = byId.remove(queue.id());
        if (stream != null) {
            stream.gone();
        }
    }

    @Override
    public void topicCreated(TopicDefinition topic) {
        topicGrown(topic, topic.partitions().size());
    }

    @Override
    public void topicGrown(TopicDefinition topic, int added) {
        catalog.queue(topic.vhost(), topic.name())
                .flatMap(queue -> byId(queue.id()))
                .ifPresent(StreamQueue::topicChanged);
        tap(topic.resource());
    }

    /// The partitions of a stream's topic, by index.
    Partition[] partitions(StreamQueue stream) {
        return catalog.topic(stream.topic().vhost(), stream.topic().name()).stream()
                .flatMap(topic -> topic.partitions().stream())
                .flatMap(id -> streams.partition(id).stream())
                .toArray(Partition[]::new);
    }

    // ---- consuming ----

    void deliverLater(Delivering consumer) {
        if (!consumer.queued) {
            consumer.queued = true;
            toDeliver.add(consumer);
            shard.touch();
        }
    }

    /// The turn has something more to end.
    void touch() {
        shard.touch();
    }

    /// Gives consumers what is committed, within a bound.
    ///
    /// @return whether there is more to do in this turn
    public boolean deliver() {
        var round = toDeliver;
        toDeliver = delivering;
        delivering = round;
        for (int i = 0; i < round.size(); i++) {
            var consumer = round.get(i);
            consumer.queued = false;
            if (i >= ROUND_MAX || consumer.deliver()) {
                deliverLater(consumer);
            }
        }
        round.clear();
        return !toDeliver.isEmpty();
    }
}
