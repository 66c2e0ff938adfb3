package io.headrace.shard;

import java.nio.ByteBuffer;

/// Turns of a shard that end with nothing to do, and nothing encoded.
public class IdleWork implements Shard.Work {
    @Override
    public void encodeHeld() {}

    @Override
    public void encode() {}

    @Override
    public void apply(long entry, ByteBuffer page, int entryStart, int valueStart, int valueEnd, boolean durable) {}

    @Override
    public boolean deliver() {
        return false;
    }

    @Override
    public void committed(long offset) {}
}
