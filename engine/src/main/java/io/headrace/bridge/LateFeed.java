package io.headrace.bridge;

import io.headrace.catalog.Resource;
import io.headrace.shard.Shard;
import io.headrace.stream.Partition;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// Passes on what waits in a partition for the end of a transaction, in the order of its offsets, as a consumer of
/// committed records sees it. Each copy lies in one entry of the log with the word that it was passed on, so a crash
/// neither loses nor doubles one.
///
/// Threads: the loop.
final class LateFeed {
    private static final Logger LOG = System.getLogger(LateFeed.class.getName());
    private static final int ROUND_MAX = 256;

    private final Bridge bridge;
    private final Shard shard;
    private final Partition partition;
    private final Resource topic;
    private final RecordReader reader;
    private final Partition.Watch watch;
    private boolean queued;
    private boolean ended;

    LateFeed(Bridge bridge, Shard shard, Partition partition, Resource topic) {
        this.bridge = bridge;
        this.shard = shard;
        this.partition = partition;
        this.topic = topic;
        this.reader = new RecordReader(partition, this::resume);
        this.reader.seek(partition.firstWaiting());
        this.watch = partition.watch(this::resume);
    }

    /// More may be over, or wait; whoever says so is in the middle of something, and nothing is appended before the
    /// call has returned.
    void resume() {
        if (!queued && !ended) {
            queued = true;
            shard.loop().execute(this::go);
        }
    }

    private void go() {
        queued = false;
        if (ended) {
            return;
        }
        var feed = bridge.feed(topic);
        if (partition.gone()) {
            end();
        } else if (feed.isEmpty()) {
            partition.passedOn(partition.endOffset());
            end();
        } else if (passOn(feed.get())) {
            resume();
        }
    }

    // whether there may be more in this turn
    private boolean passOn(TopicFeed feed) {
        boolean more = true;
        for (int i = 0; i < ROUND_MAX && more && partition.behind(); i++) {
            var record = reader.next();
            if (record.isEmpty()) {
                if (reader.position() > partition.firstWaiting()) {
                    partition.passedOn(reader.position()); // what was aborted
                }
                more = false;
            } else if (partition.waits(record.get().offset())) {
                passOn(feed, record.get().offset(), RecordMessage.of(record.get(), TopicFeed.NO_KEY));
            }
        }
        if (!partition.behind()) {
            end();
            return false;
        }
        return more;
    }

    private void passOn(TopicFeed feed, long offset, RecordMessage message) {
        var to = bridge.fed(feed, message);
        long bytes = bridge.bytes(to, message) + Partition.PASSED_ON_BYTES;
        if (bytes <= shard.togetherBytesMax()) {
            shard.urgent(); // it has waited enough
            shard.together((int) bytes);
            bridge.store(to, message.properties().persistent(), message);
        } else { // it was refused to the producer, unless the exchange leads to more streams by now
            LOG.log(
                    Level.WARNING,
                    "Record {0} of topic {1} is not passed on: its copies would take {2} bytes in one entry of the log.",
                    offset,
                    topic.name(),
                    bytes);
        }
        partition.passedOn(offset + 1);
    }

    private void end() {
        ended = true;
        watch.close();
        reader.close();
        bridge.forget(partition);
    }
}
