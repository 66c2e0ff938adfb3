package io.headrace.queue;

import io.headrace.log.PageFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// An index file in memory that notices a block used before it was written or after it was given back.
final class MemoryPageFile implements PageFile {
    private final Map<Integer, byte[]> blocks = new HashMap<>();
    private final List<Integer> freed = new ArrayList<>();
    private int next;

    @Override
    public int blockBytes() {
        return IndexPage.BLOCK_BYTES;
    }

    @Override
    public int write(ByteBuffer block) {
        var bytes = new byte[block.remaining()];
        block.get(bytes);
        blocks.put(next, bytes);
        return next++;
    }

    @Override
    public void read(int number, ByteBuffer target) {
        target.put(blocks.get(number));
    }

    @Override
    public void free(int number) {
        if (!blocks.containsKey(number)) {
            throw new IllegalStateException("block " + number + " is not in use");
        }
        freed.add(number);
    }

    @Override
    public void inUse(int number) {}

    @Override
    public void force() {}

    @Override
    public void checkpointed() {
        freed.forEach(blocks::remove);
        freed.clear();
    }

    /// How many blocks were ever written.
    long written() {
        return next;
    }

    @Override
    public long usedBlocks() {
        return blocks.size();
    }
}
