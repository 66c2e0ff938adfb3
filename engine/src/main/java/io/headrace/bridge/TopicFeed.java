package io.headrace.bridge;

import io.headrace.catalog.Resource;
import io.headrace.stream.Partition;
import io.headrace.stream.Tap;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.BufferSupplier;

/// The exchanges that are fed from one topic, and what producers append to it on its way there.
///
/// A record goes once to each queue that any of the exchanges leads to, and to other streams, but not on from those:
/// topics that feed each other do not go round in circles.
///
/// Threads: as [Tap] says; the rest on the loop.
final class TopicFeed implements Tap {
    static final byte[] NO_KEY = {};

    private final Bridge bridge;
    private final Resource topic;
    private final SortedSet<String> exchanges = new TreeSet<>();

    TopicFeed(Bridge bridge, Resource topic) {
        this.bridge = bridge;
        this.topic = topic;
    }

    Resource topic() {
        return topic;
    }

    SortedSet<String> exchanges() {
        return exchanges;
    }

    @Override
    public void late(Partition partition) {
        bridge.late(partition, topic);
    }

    @Override
    public Taken read(ByteBuffer batch) {
        var messages = new ArrayList<RecordMessage>();
        for (var part : MemoryRecords.readableRecords(batch.slice()).batches()) {
            if (!part.isControlBatch()) {
                try (var records = part.streamingIterator(BufferSupplier.NO_CACHING)) {
                    records.forEachRemaining(record -> messages.add(RecordMessage.of(record, NO_KEY)));
                }
            }
        }
        return new Batch(messages);
    }

    private final class Batch implements Taken {
        private final List<RecordMessage> messages;
        private final List<Destinations> destinations = new ArrayList<>();

        Batch(List<RecordMessage> messages) {
            this.messages = messages;
        }

        @Override
        public long bytes() {
            long bytes = 0;
            for (var message : messages) {
                var to = bridge.fed(TopicFeed.this, message);
                destinations.add(to);
                bytes += bridge.bytes(to, message);
            }
            return bytes;
        }

        @Override
        public void append() {
            for (int i = 0; i < messages.size(); i++) {
                var message = messages.get(i);
                bridge.store(destinations.get(i), message.properties().persistent(), message);
            }
        }
    }
}
