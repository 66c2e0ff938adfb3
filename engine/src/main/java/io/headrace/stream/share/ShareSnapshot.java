package io.headrace.stream.share;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/// All share groups in one section of a checkpoint.
///
/// ```text
///  u8 version 1 | u32 next share | u32 shares | shares × {
///    u32 share | u32 partition | u32 state epoch | i64 start, or -1 | u16 length | group, UTF-8 |
///    u32 runs | runs × { u64 first | u64 end | u8 state | u8 deliveries } }
/// ```
/// What members have is available here.
///
/// Threads: the loop of the shard.
final class ShareSnapshot {
    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 1 + 2 * Integer.BYTES;
    private static final int SHARE_BYTES = 4 * Integer.BYTES + Long.BYTES + Short.BYTES;
    private static final int RUN_BYTES = 2 * Long.BYTES + 2;

    private ShareSnapshot() {}

    static ByteBuffer take(Collection<SharePartition> shares, int nextId) {
        long bytes = HEADER_BYTES;
        for (var share : shares) {
            bytes += SHARE_BYTES + group(share).length + (long) share.window().runs() * RUN_BYTES;
        }
        var target = ByteBuffer.allocate(Math.toIntExact(bytes));
        target.put(VERSION).putInt(nextId).putInt(shares.size());
        shares.forEach(share -> write(share, target));
        return target.flip();
    }

    private static byte[] group(SharePartition share) {
        return share.group().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(SharePartition share, ByteBuffer target) {
        var group = group(share);
        target.putInt(share.id()).putInt(share.partitionId()).putInt(share.stateEpoch());
        target.putLong(share.start().orElse(-1L));
        target.putShort((short) group.length).put(group);
        var window = share.window();
        target.putInt(window.runs());
        for (int run = 0; run < window.runs(); run++) {
            var state = window.state(run) == RecordState.ACQUIRED ? RecordState.AVAILABLE : window.state(run);
            target.putLong(window.first(run)).putLong(window.end(run));
            target.put(state.code()).put((byte) window.deliveries(run));
        }
    }

    static void restore(ByteBuffer source, Shares shares) {
        byte version = source.get();
        if (version != VERSION) {
            throw new IllegalStateException(
                    "snapshot of share groups of version " + version + ", this broker reads " + VERSION);
        }
        int nextId = source.getInt();
        for (int i = source.getInt(); i > 0; i--) {
            read(source, shares);
        }
        shares.nextId(nextId);
    }

    private static void read(ByteBuffer source, Shares shares) {
        int id = source.getInt();
        int partition = source.getInt();
        int epoch = source.getInt();
        long start = source.getLong();
        var group = new byte[Short.toUnsignedInt(source.getShort())];
        source.get(group);
        var share = shares.add(id, new String(group, StandardCharsets.UTF_8), partition);
        share.open(epoch, start);
        for (int run = source.getInt(); run > 0; run--) {
            long first = source.getLong();
            long end = source.getLong();
            share.restore(first, end, RecordState.of(source.get()), source.get());
        }
    }
}
