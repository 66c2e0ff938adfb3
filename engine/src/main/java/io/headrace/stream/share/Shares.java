package io.headrace.stream.share;

import io.headrace.shard.Loop;
import io.headrace.stream.Partition;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;

/// All share groups' doings with all partitions.
///
/// Threads: the loop of the shard; before it runs, the thread that recovers.
public final class Shares {
    private final Loop loop;
    private final ShareLog log;
    private final IntFunction<Optional<Partition>> partitions;
    private final Function<String, ShareSettings> settings;
    private final TreeMap<Integer, SharePartition> byId = new TreeMap<>();
    private final Map<Key, SharePartition> byKey = new HashMap<>();
    private int nextId = 1;

    private record Key(String group, int partition) {}

    /// @param partitions by their numbers
    /// @param settings of a group
    public Shares(
            Loop loop,
            ShareLog log,
            IntFunction<Optional<Partition>> partitions,
            Function<String, ShareSettings> settings) {
        this.loop = loop;
        this.log = log;
        this.partitions = partitions;
        this.settings = settings;
    }

    /// Empty if the group has nothing to do with the partition: nobody subscribed, or it was deleted.
    public Optional<SharePartition> find(String group, Partition partition) {
        return Optional.ofNullable(byKey.get(new Key(group, partition.id())));
    }

    /// The group has to do with the partition from now on. What it did with it before is forgotten.
    ///
    /// @param start where it begins; below 0: where its settings say, when somebody fetches
    public SharePartition open(String group, Partition partition, int stateEpoch, long start) {
        var share = byKey.get(new Key(group, partition.id()));
        if (share == null) {
            share = add(nextId, group, partition.id());
        }
        share.open(stateEpoch, start);
        log.open(share);
        return share;
    }

    /// The group is deleted, or its offsets for this topic.
    public void close(SharePartition share) {
        if (!share.gone()) {
            log.close(share.id());
            remove(share.id());
        }
    }

    /// Partitions are gone with their topic, which the log knows.
    public void dropped(Collection<Integer> partitionIds) {
        var gone = Set.copyOf(partitionIds);
        byId.values().stream()
                .filter(share -> gone.contains(share.partitionId()))
                .toList()
                .forEach(share -> remove(share.id()));
    }

    // ---- for the room ----

    SharePartition add(int id, String group, int partitionId) {
        var share = new SharePartition(id, group, partitionId, this);
        byId.put(id, share);
        byKey.put(new Key(group, partitionId), share);
        nextId = Math.max(nextId, id + 1);
        return share;
    }

    void remove(int id) {
        var share = byId.remove(id);
        if (share != null) {
            byKey.remove(new Key(share.group(), share.partitionId()));
            share.dropped();
        }
    }

    Optional<SharePartition> find(int id) {
        return Optional.ofNullable(byId.get(id));
    }

    Collection<SharePartition> all() {
        return Collections.unmodifiableCollection(byId.values());
    }

    int nextId() {
        return nextId;
    }

    void nextId(int next) {
        nextId = Math.max(nextId, next);
    }

    /// Forgets everything, without a word to the log.
    void clear() {
        List.copyOf(byId.keySet()).forEach(this::remove);
    }

    /// After replay: a partition may have gone whose end the log of another group tells.
    void keepWhatIsThere() {
        byId.values().stream()
                .filter(share -> partition(share.partitionId()).isEmpty())
                .toList()
                .forEach(share -> remove(share.id()));
    }

    Optional<Partition> partition(int id) {
        return partitions.apply(id);
    }

    ShareSettings settings(String group) {
        return settings.apply(group);
    }

    ShareLog log() {
        return log;
    }

    Loop loop() {
        return loop;
    }

    long nowMillis() {
        return loop.clock().millis();
    }
}
