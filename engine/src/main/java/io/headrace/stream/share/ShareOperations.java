package io.headrace.stream.share;

import io.headrace.shard.DataPart;
import io.headrace.shard.Shard;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Share groups' part of the DATA group: what [Shares] decides is written into the turn's entry, and replayed from it.
/// Deciding has changed the state already, so there is nothing left to apply.
///
/// Threads: the loop of the shard; before it runs, the thread that recovers.
public final class ShareOperations implements DataPart, ShareLog {
    private final Shard shard;
    private Shares shares; // set once, while the engine is put together

    public ShareOperations(Shard shard) {
        this.shard = shard;
    }

    /// Whose operations these are.
    public void attach(Shares owner) {
        shares = owner;
    }

    /// Whether an operation that begins with `type` is one of ours.
    public static boolean owns(byte type) {
        return type >= ShareOps.FIRST && type <= ShareOps.LAST;
    }

    // ---- deciding ----

    @Override
    public void open(SharePartition share) {
        var group = share.group().getBytes(StandardCharsets.UTF_8);
        int at = shard.reserve(ShareOps.openBytes(group));
        ShareOps.open(shard.durablePage(), at, share, group);
    }

    @Override
    public void close(int share) {
        int at = shard.reserve(ShareOps.CLOSE_BYTES);
        ShareOps.close(shard.durablePage(), at, share);
    }

    @Override
    public void start(int share, long offset) {
        int at = shard.reserve(ShareOps.START_BYTES);
        ShareOps.start(shard.durablePage(), at, share, offset);
    }

    @Override
    public void mark(int share, Marks marks) {
        for (int from = 0; from < marks.count(); from += ShareOps.RANGES_MAX) {
            int ranges = Math.min(marks.count() - from, ShareOps.RANGES_MAX);
            int at = shard.reserve(ShareOps.markBytes(ranges));
            ShareOps.mark(shard.durablePage(), at, share, marks, from, ranges);
        }
    }

    // ---- the turn, and replay ----

    @Override
    public int apply(long entry, ByteBuffer page, int entryStart, int at, boolean durable) {
        return end(page, at);
    }

    @Override
    public int replay(long entry, ByteBuffer page, int entryStart, int at) {
        int id = ShareOps.share(page, at);
        switch (page.get(at)) {
            case ShareOps.OPEN -> {
                var share = shares.find(id)
                        .orElseGet(() -> shares.add(id, ShareOps.group(page, at), ShareOps.partition(page, at)));
                share.open(ShareOps.stateEpoch(page, at), ShareOps.openedAt(page, at));
            }
            case ShareOps.CLOSE -> shares.remove(id);
            case ShareOps.START -> shares.find(id).ifPresent(share -> share.startAt(ShareOps.startedAt(page, at)));
            case ShareOps.MARK -> shares.find(id).ifPresent(share -> ShareOps.replay(page, at, share));
            default -> throw unknown(page, at);
        }
        return end(page, at);
    }

    private static int end(ByteBuffer page, int at) {
        return switch (page.get(at)) {
            case ShareOps.OPEN -> ShareOps.openEnd(page, at);
            case ShareOps.CLOSE -> at + ShareOps.CLOSE_BYTES;
            case ShareOps.START -> at + ShareOps.START_BYTES;
            case ShareOps.MARK -> ShareOps.markEnd(page, at);
            default -> throw unknown(page, at);
        };
    }

    private static IllegalStateException unknown(ByteBuffer page, int at) {
        return new IllegalStateException("operation " + page.get(at) + " at " + at + " is not known");
    }

    @Override
    public void committed(long offset) {
        // who waits for a commit waits at the shard
    }

    // ---- checkpoints and recovery ----

    public ByteBuffer snapshot() {
        return ShareSnapshot.take(shares.all(), shares.nextId());
    }

    public void restore(ByteBuffer snapshot) {
        shares.clear();
        ShareSnapshot.restore(snapshot, shares);
    }

    /// Forgets everything, without a word to the log.
    public void reset() {
        shares.clear();
    }

    /// Replay is over.
    public void recovered() {
        shares.keepWhatIsThere();
    }
}
