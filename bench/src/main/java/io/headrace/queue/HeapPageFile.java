package io.headrace.queue;

import io.headrace.log.PageFile;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Index blocks in memory, so that a benchmark of the index does not measure a disk.
///
/// Threads: one.
final class HeapPageFile implements PageFile {
    private final List<byte[]> blocks = new ArrayList<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private final Deque<Integer> freed = new ArrayDeque<>(); // since the last checkpoint

    @Override
    public int blockBytes() {
        return IndexPage.BLOCK_BYTES;
    }

    @Override
    public int write(ByteBuffer block) {
        var reused = free.poll();
        int number = reused == null ? blocks.size() : reused;
        if (reused == null) {
            blocks.add(new byte[blockBytes()]);
        }
        block.get(blocks.get(number), 0, block.remaining());
        return number;
    }

    @Override
    public void read(int number, ByteBuffer target) {
        target.put(blocks.get(number), 0, Math.min(blockBytes(), target.remaining()));
    }

    @Override
    public void free(int number) {
        freed.add(number);
    }

    @Override
    public void inUse(int number) {
        throw new UnsupportedOperationException("nothing is restored here");
    }

    @Override
    public void force() {}

    @Override
    public void checkpointed() {
        free.addAll(freed);
        freed.clear();
    }

    @Override
    public long usedBlocks() {
        return blocks.size() - free.size();
    }
}
