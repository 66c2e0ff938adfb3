package io.headrace.broker;

import io.headrace.bridge.Bridge;
import io.headrace.bridge.Destinations;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.QueueType;
import io.headrace.catalog.Refusal;
import io.headrace.message.DelayHeader;
import io.headrace.message.FieldTable;
import io.headrace.message.MalformedException;
import io.headrace.message.MessageNotes;
import io.headrace.message.MessageProperties;
import io.headrace.message.PropertiesCopy;
import io.headrace.message.StoredMessage;
import io.headrace.queue.DeadLetters;
import io.headrace.queue.Queue;
import io.headrace.queue.QueueTraits;
import io.headrace.queue.Queues;
import io.headrace.routing.CopyKeys;
import io.headrace.routing.Routers;
import io.headrace.shard.Shard;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// Sends the dead on through their exchange, with their story in the headers. What the targets get and that the source
/// has lost it is one entry of the log, so that after a crash a message is in one place.
///
/// Nobody's permission is asked: whoever declared the queue was allowed to write to the exchange.
///
/// Threads: the loop.
final class DeadLettering implements DeadLetters {
    private static final String CC = "CC";
    /// A refused message may be refused by so many queues on its way, then it is dropped.
    private static final int REFUSALS_MAX = 16;

    private final Shard shard;
    private final Catalog catalog;
    private final Routers routers;
    private final Bridge bridge;
    private final Histories histories;
    private int refusals; // within each other, now

    DeadLettering(Shard shard, Catalog catalog, Routers routers, Bridge bridge, Histories histories) {
        this.histories = histories;
        this.shard = shard;
        this.catalog = catalog;
        this.routers = routers;
        this.bridge = bridge;
    }

    /// A letter and where it goes.
    ///
    /// @param histories exchanges on the way that remember it
    private record Addressed(Letter letter, Destinations to, List<String> histories) {}

    @Override
    public Fate bury(Queue from, long sequence, StoredMessage message, Reason reason) {
        var addressed = address(from, message, reason);
        boolean patient = from.traits()
                .deadLetter()
                .filter(QueueTraits.DeadLetter::atLeastOnce)
                .isPresent();
        if (addressed.isEmpty() || addressed.get().to.count() == 0) {
            if (!patient) {
                addressed.ifPresent(nowhere -> remember(from, nowhere));
            }
            return patient ? Fate.STAYS : Fate.DROPPED;
        }
        var letter = addressed.get().letter;
        var to = addressed.get().to;
        if (patient && Arrays.stream(to.queues()).anyMatch(queue -> queue.full(letter.bodyBytes()))) {
            return Fate.STAYS;
        }
        hurryForQuorum(to);
        remember(from, addressed.get());
        return switch (bridge.publish(
                to, letter.properties().persistent(), letter, Queue.MOVED_BYTES, () -> from.moved(sequence))) {
            case Bridge.Publishing.Stored(int _) -> Fate.MOVED;
            case Bridge.Publishing.Refused(Refusal _) -> Fate.DROPPED; // with its story it is too large for any queue
        };
    }

    @Override
    public void refused(Queue queue, Queues.Source source) {
        if (refusals == REFUSALS_MAX) {
            return;
        }
        refusals++;
        try {
            var copy = ByteBuffer.allocate(source.sizeBytes());
            source.write(copy, 0);
            address(queue, new StoredMessage().wrap(copy, 0), Reason.MAXLEN)
                    .filter(addressed -> addressed.to.count() > 0)
                    .ifPresent(addressed -> {
                        hurryForQuorum(addressed.to);
                        var letter = addressed.letter;
                        bridge.publish(addressed.to, letter.properties().persistent(), letter);
                    });
        } finally {
            refusals--;
        }
    }

    private void remember(Queue from, Addressed addressed) {
        if (!addressed.histories.isEmpty()) {
            catalog.queue(from.id())
                    .ifPresent(queue -> histories.remember(queue.vhost(), addressed.histories, addressed.letter));
        }
    }

    // what is in a quorum queue is delivered once it is committed
    private void hurryForQuorum(Destinations to) {
        for (var queue : to.queues()) {
            if (queue.quorum()) {
                shard.urgent();
            }
        }
    }

    private Optional<Addressed> address(Queue from, StoredMessage message, Reason reason) {
        var target = from.traits().deadLetter();
        var definition = catalog.queue(from.id());
        if (target.isEmpty() || definition.isEmpty()) {
            return Optional.empty();
        }
        return definition.get().hidden()
                ? release(definition.get(), message)
                : address(definition.get(), target.get(), message, reason);
    }

    // what has waited for its exchange goes on as it would have gone at once
    private Optional<Addressed> release(QueueDefinition from, StoredMessage message) {
        var properties =
                new MessageProperties().wrap(message.page(), message.propertiesStart(), message.propertiesBytes());
        var headers = DelayHeader.negated(headers(properties));
        var exchange = text(message, message.exchangeStart(), message.exchangeBytes());
        var key = text(message, message.keyStart(), message.keyBytes());
        var notes = message.notes();
        return routers.of(from.vhost())
                .map(router -> router.route(from.delayedExchange(), with(keys(key, headers), notes), () -> headers))
                .map(route -> new Addressed(
                        new Letter(
                                exchange, key, PropertiesCopy.of(properties, message.page(), headers), message, notes),
                        bridge.destinations(route.queueIds()),
                        route.histories()));
    }

    private Optional<Addressed> address(
            QueueDefinition from, QueueTraits.DeadLetter target, StoredMessage message, Reason reason) {
        var router = routers.of(from.vhost());
        if (router.isEmpty()) {
            return Optional.empty();
        }
        var properties =
                new MessageProperties().wrap(message.page(), message.propertiesStart(), message.propertiesBytes());
        var notes = message.notes();
        var headers = notes.died() ? headers(properties) : DeathHeaders.without(headers(properties));
        var oldKeys = keys(text(message, message.keyStart(), message.keyBytes()), headers);
        var keys = target.routingKey().map(List::of).orElseGet(() -> with(oldKeys, notes));
        var death = new DeathHeaders.Death(
                from.name(),
                reason,
                text(message, message.exchangeStart(), message.exchangeBytes()),
                oldKeys,
                shard.loop().clock().millis() / 1000,
                properties.text(MessageProperties.Property.EXPIRATION));
        var changed = DeathHeaders.with(target.routingKey().isPresent() ? without(headers, CC) : headers, death);
        var route = router.get().route(target.exchange(), keys, () -> changed);
        if (!route.exchangeExists()) {
            return Optional.empty();
        }
        var block = PropertiesCopy.lasting(properties, message.page(), changed);
        var letter = new Letter(
                target.exchange(),
                keys.getFirst(),
                block,
                message,
                new MessageNotes(true, target.routingKey().isPresent() ? List.of() : notes.blindCopies()));
        var ids = reason == Reason.REJECTED ? route.queueIds() : withoutCycles(route.queueIds(), changed);
        return Optional.of(new Addressed(letter, bridge.destinations(ids), route.histories()));
    }

    private int[] withoutCycles(int[] ids, FieldTable headers) {
        for (int id : ids) {
            if (closesCycle(id, headers)) {
                return Arrays.stream(ids)
                        .filter(other -> !closesCycle(other, headers))
                        .toArray();
            }
        }
        return ids;
    }

    private boolean closesCycle(int id, FieldTable headers) {
        var queue = catalog.queue(id);
        return queue.isPresent()
                && queue.get().type() != QueueType.STREAM
                && DeathHeaders.cycle(headers, queue.get().name());
    }

    // what came in by another protocol may have headers that are none
    private static FieldTable headers(MessageProperties properties) {
        try {
            return properties.headers();
        } catch (MalformedException e) {
            return FieldTable.EMPTY;
        }
    }

    private static List<String> keys(String key, FieldTable headers) {
        var keys = new ArrayList<>(List.of(key));
        if (CopyKeys.of(headers) instanceof CopyKeys.Reading.Read(CopyKeys copies)) {
            keys.addAll(copies.cc());
        }
        return keys;
    }

    private static List<String> with(List<String> keys, MessageNotes notes) {
        if (notes.blindCopies().isEmpty()) {
            return keys;
        }
        var all = new ArrayList<>(keys);
        all.addAll(notes.blindCopies());
        return all;
    }

    private static FieldTable without(FieldTable headers, String name) {
        var fields = new LinkedHashMap<>(headers.fields());
        fields.remove(name);
        return new FieldTable(fields);
    }

    private static String text(StoredMessage message, int start, int length) {
        var bytes = new byte[length];
        message.page().get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
