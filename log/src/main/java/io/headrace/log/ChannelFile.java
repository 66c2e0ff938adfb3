package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;

/// A file of [FileStorage].
///
/// Threads: as [StorageFile].
final class ChannelFile implements StorageFile {
    /// The JDK copies what lies on the heap to memory of the same size, and keeps that for good.
    private static final int PIECE_BYTES = 1 << 20;

    private final FileChannel channel;
    private final FileStore space;
    private long channelPosition = -1; // of gathered writes: the channel has no positioned ones

    ChannelFile(FileChannel channel, FileStore space) {
        this.channel = channel;
        this.space = space;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        try {
            long at = position;
            int end = source.limit();
            while (source.position() < end) {
                source.limit(Math.min(end, source.position() + PIECE_BYTES));
                at += channel.write(source, at);
            }
        } catch (IOException e) {
            throw explained(e);
        }
    }

    @Override
    public void write(ByteBuffer[] sources, int count, long position) throws IOException {
        try {
            if (channelPosition != position) {
                channel.position(position);
            }
            channelPosition = -1;
            long at = position;
            for (int first = 0; first < count; ) {
                at += channel.write(sources, first, count - first);
                while (first < count && !sources[first].hasRemaining()) {
                    first++;
                }
            }
            channelPosition = at;
        } catch (IOException e) {
            throw explained(e);
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int read = channel.read(target, position + total);
            if (read < 0) {
                break;
            }
            total += read;
        }
        return total;
    }

    @Override
    public void force() throws IOException {
        channel.force(false);
    }

    @Override
    public long sizeBytes() throws IOException {
        return channel.size();
    }

    @Override
    public void resize(long bytes) throws IOException {
        long size = channel.size();
        if (bytes < size) {
            channel.truncate(bytes);
        } else if (bytes > size) {
            write(ByteBuffer.allocate(1), bytes - 1);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /// The JDK gives the system's words, which may be in any language: a device without a free block is
    /// full, whatever it said.
    private IOException explained(IOException e) throws IOException {
        var words = String.valueOf(e.getMessage());
        boolean full = words.contains("No space left")
                || words.contains("quota exceeded")
                || space.getUsableSpace() < space.getBlockSize();
        return full ? new OutOfSpaceException("The device of the data directory is full.", e) : e;
    }
}
