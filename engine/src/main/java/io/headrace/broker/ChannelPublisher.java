package io.headrace.broker;

import io.headrace.bridge.Bridge;
import io.headrace.bridge.Destinations;
import io.headrace.bridge.Publication;
import io.headrace.catalog.Refusal;
import io.headrace.message.MessageNotes;
import io.headrace.message.MessageProperties;
import io.headrace.message.StoredMessage;
import io.headrace.queue.Queue;
import io.headrace.queue.Queues;
import io.headrace.shard.CommitWaits;
import io.headrace.shard.Shard;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Publishing on one channel: routes, stores, and confirms what was stored once it is committed.
///
/// All publishes of a turn end in the same OpBatch, so one wait with the highest sequence number stands for
/// all of them. A turn in which nothing was logged is confirmed at its end.
///
/// Threads: the loop.
final class ChannelPublisher implements Session.Publisher, Publication, Shard.TurnEnd, CommitWaits.Waiter {
    private static final int SCRATCH_BYTES = 512;
    /// Past this, exchanges that were not met before are not told of.
    private static final int EXCHANGES_MAX = 100;

    private static final long[] NONE_REJECTED = {};

    private final LocalSession session;
    private final RouteCache routes;
    private final Queues queues;
    private final Bridge bridge;
    private final Shard shard;
    private final DirectReplies replies;
    private final Session.Confirms confirms;
    private final MessageSizes sizes;
    private final TracePoint trace;
    private final MessageProperties properties = new MessageProperties();
    private ByteBuffer scratch = ByteBuffer.allocate(SCRATCH_BYTES);
    private final List<Publishes> byExchange = new ArrayList<>(1);
    private final Publishes others = new Publishes(null); // which nobody is told of
    private Publishes exchange = others; // of the last message
    private String replyAddress; // null while nobody listens for answers
    // the message being stored
    private byte[] names;
    private int exchangeBytes;
    private int keyBytes;
    private int propertiesBytes;
    private Session.Content content;
    private byte[] notes = MessageNotes.NO_BYTES;
    // this turn's confirms
    private boolean inTurn;
    private boolean loggedInTurn;
    private long firstSequence;
    private long lastSequence;
    private int waiting;
    private long[] rejected = NONE_REJECTED; // of this turn's numbers
    private int rejectedCount;
    private boolean refusedSome; // without a number

    ChannelPublisher(
            LocalSession session, RouteCache routes, Engine engine, Session.Confirms confirms, TracePoint trace) {
        this.session = session;
        this.sizes = engine.observed().sizes();
        this.routes = routes;
        this.queues = engine.queues();
        this.bridge = engine.bridge();
        this.shard = engine.shard();
        this.replies = engine.replies();
        this.confirms = confirms;
        this.trace = trace;
    }

    @Override
    public int publish(byte[] names, int exchangeBytes, int keyBytes, Session.Content content, long sequence)
            throws RefusedException {
        readProperties(content);
        if (exchangeBytes == 0 && DirectReplies.addressed(names, keyBytes)) {
            return answer(names, keyBytes, content, sequence);
        }
        var targets = routes.targets(names, exchangeBytes, keyBytes, properties);
        if (exchange.counts != routes.counts()) {
            exchange = publishesTo(routes.counts());
        }
        exchange.messages++;
        if (properties.has(MessageProperties.Property.REPLY_TO) && DirectReplies.askedFor(properties)) {
            addressReplies();
        }
        int stored = 0;
        var tracedKeys = trace.on() ? keys(names, exchangeBytes, keyBytes) : null;
        boolean remembered = !routes.histories().isEmpty();
        if (targets.count() > 0 || remembered) {
            if (properties.has(MessageProperties.Property.HEADERS) && BlindCopies.in(properties)) {
                notes = BlindCopies.noted(properties);
                scratch = BlindCopies.remove(properties, scratch, propertiesBytes);
                propertiesBytes = scratch.limit();
            } else {
                notes = MessageNotes.NO_BYTES;
            }
            source(names, exchangeBytes, keyBytes, content);
        }
        if (remembered) {
            session.remember(routes.histories(), this);
        }
        if (targets.count() > 0) {
            stored = targets.streams().length == 0
                    ? queues.enqueue(targets.queues(), properties.persistent(), this)
                    : publishToStreams(targets);
        }
        sizes.add(content.bodyBytes());
        if (tracedKeys != null) {
            trace.published(text(names, 0, exchangeBytes), tracedKeys, properties, content, targets);
        }
        if ((stored & Queues.REFUSED) != 0) {
            refuse(sequence);
        } else if (sequence > 0) {
            confirmLater(sequence, (stored & Queues.LOGGED) != 0);
        }
        return targets.count();
    }

    /// What this channel published to one exchange.
    private static final class Publishes {
        final ExchangeCounts counts;
        long messages;

        Publishes(ExchangeCounts counts) {
            this.counts = counts;
        }
    }

    private Publishes publishesTo(ExchangeCounts counts) {
        for (var known : byExchange) {
            if (known.counts == counts) {
                return known;
            }
        }
        if (byExchange.size() == EXCHANGES_MAX) {
            return others;
        }
        var first = new Publishes(counts);
        byExchange.add(first);
        return first;
    }

    @Override
    public List<ExchangePublishes> publishes() {
        return byExchange.stream()
                .map(to -> new ExchangePublishes(to.counts.exchange(), to.messages))
                .toList();
    }

    @Override
    public void check(byte[] names, int exchangeBytes, int keyBytes, Session.Content content) throws RefusedException {
        readProperties(content);
        routes.targets(names, exchangeBytes, keyBytes, properties);
    }

    /// An answer goes to who asked, if it still listens; else it is gone.
    private int answer(byte[] names, int keyBytes, Session.Content content, long sequence) throws RefusedException {
        routes.checkDefaultExchange();
        var asker = replies.queue(new String(names, 0, keyBytes, StandardCharsets.UTF_8));
        if (asker.isPresent()) {
            notes = MessageNotes.NO_BYTES;
            source(names, 0, keyBytes, content);
            queues.enqueue(new Queue[] {asker.get()}, false, this);
        }
        if (sequence > 0) {
            confirmLater(sequence, false);
        }
        return asker.isPresent() ? 1 : 0;
    }

    private void addressReplies() throws RefusedException {
        if (replyAddress == null) {
            throw new RefusedException(new Refusal.Malformed("fast reply consumer does not exist"));
        }
        scratch = DirectReplies.address(properties, scratch, propertiesBytes, replyAddress);
        propertiesBytes = scratch.limit();
    }

    @Override
    public Session.Consuming consumeReplies(Session.ConsumerPort port) {
        if (replyAddress != null) {
            return new Session.Consuming.Refused(new Refusal.Malformed("reply consumer already set"));
        }
        var address = DirectReplies.address(session.randomName());
        replyAddress = address;
        return new Session.Consuming.Started(session.startReplies(replies.open(address), port, () -> {
            replies.close(address);
            replyAddress = null;
        }));
    }

    private void source(byte[] names, int exchangeBytes, int keyBytes, Session.Content content) {
        this.names = names;
        this.exchangeBytes = exchangeBytes;
        this.keyBytes = keyBytes;
        this.content = content;
    }

    private List<String> keys(byte[] names, int exchangeBytes, int keyBytes) {
        return TracePoint.keys(text(names, exchangeBytes, keyBytes), properties);
    }

    // RouteCache has found it to be UTF-8
    private static String text(byte[] names, int from, int bytes) {
        return new String(names, from, bytes, StandardCharsets.UTF_8);
    }

    private int publishToStreams(Destinations targets) throws RefusedException {
        return switch (bridge.publish(targets, properties.persistent(), this)) {
            case Bridge.Publishing.Stored(int stored) -> stored;
            case Bridge.Publishing.Refused(Refusal refusal) -> throw new RefusedException(refusal);
        };
    }

    private void refuse(long sequence) {
        if (sequence == 0) {
            refusedSome = true;
            return;
        }
        if (rejectedCount == rejected.length) {
            rejected = Arrays.copyOf(rejected, Math.max(8, rejectedCount * 2));
        }
        rejected[rejectedCount++] = sequence;
        if (!inTurn) {
            inTurn = true;
            firstSequence = sequence;
            lastSequence = sequence - 1; // nothing to confirm yet
            shard.atTurnEnd(this);
        }
        confirms.rejected(sequence);
    }

    @Override
    public boolean refusedSome() {
        boolean some = refusedSome;
        refusedSome = false;
        return some;
    }

    @Override
    public void whenCommitted(Runnable done) {
        shard.urgent();
        shard.atTurnEnd(offset -> shard.await(offset, tag -> done.run(), 0));
    }

    // ---- as the source of the message being stored ----

    @Override
    public int sizeBytes() {
        return (int) StoredMessage.sizeBytes(exchangeBytes, keyBytes, propertiesBytes, content.bodyBytes())
                + notes.length;
    }

    @Override
    public byte[] notes() {
        return notes;
    }

    @Override
    public byte[] names() {
        return names;
    }

    @Override
    public int exchangeBytes() {
        return exchangeBytes;
    }

    @Override
    public int keyBytes() {
        return keyBytes;
    }

    @Override
    public MessageProperties properties() {
        return properties;
    }

    @Override
    public ByteBuffer block() {
        return scratch;
    }

    @Override
    public int blockBytes() {
        return propertiesBytes;
    }

    @Override
    public int bodyBytes() {
        return content.bodyBytes();
    }

    @Override
    public void copyBody(ByteBuffer target, int at) {
        content.copyBody(target, at);
    }

    // as Publication does it; of its own so that the compiler sees one class here, on the way of every message
    @Override
    public void write(ByteBuffer page, int at) {
        page.put(at, (byte) exchangeBytes);
        page.put(at + 1, names, 0, exchangeBytes);
        int key = at + 1 + exchangeBytes;
        page.put(key, (byte) keyBytes);
        page.put(key + 1, names, exchangeBytes, keyBytes);
        int properties = key + 1 + keyBytes;
        page.putInt(properties, propertiesBytes);
        page.put(properties + Integer.BYTES, scratch, 0, propertiesBytes);
        int body = properties + Integer.BYTES + propertiesBytes;
        page.putInt(body, StoredMessage.bodyLength(content.bodyBytes(), notes != MessageNotes.NO_BYTES));
        content.copyBody(page, body + Integer.BYTES);
        if (notes != MessageNotes.NO_BYTES) {
            page.put(body + Integer.BYTES + content.bodyBytes(), notes);
        }
    }

    // ---- confirms ----

    @Override
    public void closed(long lastOffset) {
        inTurn = false;
        if (lastSequence < firstSequence) {
            forgetRejected();
        } else if (loggedInTurn) {
            loggedInTurn = false;
            waiting++;
            shard.await(lastOffset, this, lastSequence);
        } else if (waiting == 0) {
            confirms.confirmed(lastSequence, true);
        } else {
            // earlier ones still wait, and `multiple` would cover them
            for (long sequence = firstSequence; sequence <= lastSequence; sequence++) {
                if (Arrays.binarySearch(rejected, 0, rejectedCount, sequence) < 0) {
                    confirms.confirmed(sequence, false);
                }
            }
        }
        forgetRejected();
    }

    private void forgetRejected() {
        rejectedCount = 0;
        rejected = NONE_REJECTED;
    }

    @Override
    public void committed(long sequence) {
        waiting--;
        confirms.confirmed(sequence, true);
    }

    private void confirmLater(long sequence, boolean logged) {
        if (!inTurn) {
            inTurn = true;
            firstSequence = sequence;
            shard.atTurnEnd(this);
        }
        lastSequence = sequence;
        if (logged) {
            loggedInTurn = true;
            shard.urgentMessage();
        }
    }

    private void readProperties(Session.Content content) {
        propertiesBytes = content.propertiesBytes();
        if (scratch.capacity() < propertiesBytes) {
            scratch = ByteBuffer.allocate(propertiesBytes);
        } else if (scratch.capacity() > SCRATCH_BYTES && propertiesBytes <= SCRATCH_BYTES) {
            scratch = ByteBuffer.allocate(SCRATCH_BYTES);
        }
        content.copyProperties(scratch, 0);
        properties.wrap(scratch, 0, propertiesBytes);
    }
}
