package io.headrace.message;

import java.nio.ByteBuffer;

/// A flyweight over one stored message (format in the package comment). Valid until it is positioned
/// elsewhere or the call it was passed to returns.
///
/// Threads: the loop that positioned it.
public final class StoredMessage {
    private static final int NOTED = 1 << 31; // in the length of the body
    private static final int LENGTH = NOTED - 1;

    private ByteBuffer page;
    private int exchangeStart;
    private int keyStart;
    private int propertiesStart;
    private int bodyStart;

    /// Positions this on the message that begins at `start` of `page`.
    public StoredMessage wrap(ByteBuffer page, int start) {
        this.page = page;
        exchangeStart = start + 1;
        keyStart = exchangeStart + (page.get(start) & 0xff) + 1;
        propertiesStart = keyStart + (page.get(keyStart - 1) & 0xff) + Integer.BYTES;
        bodyStart = propertiesStart + page.getInt(propertiesStart - Integer.BYTES) + Integer.BYTES;
        return this;
    }

    /// Bytes that a message with parts of these sizes takes.
    public static long sizeBytes(int exchangeBytes, int keyBytes, int propertiesBytes, long bodyBytes) {
        return 2L + 2 * Integer.BYTES + exchangeBytes + keyBytes + propertiesBytes + bodyBytes;
    }

    /// Bytes of the message that begins at `start` of `page`.
    public static int sizeBytes(ByteBuffer page, int start) {
        int key = start + 1 + (page.get(start) & 0xff);
        int properties = key + 1 + (page.get(key) & 0xff);
        int body = properties + Integer.BYTES + page.getInt(properties);
        return end(page, body + Integer.BYTES) - start;
    }

    private static int end(ByteBuffer page, int bodyStart) {
        int length = page.getInt(bodyStart - Integer.BYTES);
        int end = bodyStart + (length & LENGTH);
        return length >= 0 ? end : end + MessageNotes.bytes(page, end);
    }

    /// What stands before a body of this size.
    ///
    /// @param noted whether notes follow it
    public static int bodyLength(int bodyBytes, boolean noted) {
        return noted ? bodyBytes | NOTED : bodyBytes;
    }

    public ByteBuffer page() {
        return page;
    }

    public int exchangeStart() {
        return exchangeStart;
    }

    public int exchangeBytes() {
        return keyStart - 1 - exchangeStart;
    }

    public int keyStart() {
        return keyStart;
    }

    public int keyBytes() {
        return page.get(keyStart - 1) & 0xff;
    }

    public int propertiesStart() {
        return propertiesStart;
    }

    public int propertiesBytes() {
        return bodyStart - Integer.BYTES - propertiesStart;
    }

    public int bodyStart() {
        return bodyStart;
    }

    public int bodyBytes() {
        return page.getInt(bodyStart - Integer.BYTES) & LENGTH;
    }

    public MessageNotes notes() {
        return page.getInt(bodyStart - Integer.BYTES) >= 0
                ? MessageNotes.NONE
                : MessageNotes.decode(page, bodyStart + bodyBytes());
    }

    /// Where it ends, with its notes.
    public int end() {
        return end(page, bodyStart);
    }
}
