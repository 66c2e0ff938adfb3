package io.headrace.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What the broker keeps with a message and no consumer sees; most messages have none.
///
/// @param died its headers tell of deaths that this broker saw, where a publisher's may tell anything
/// @param blindCopies routing keys that the publisher hid from consumers (`BCC`)
public record MessageNotes(boolean died, List<String> blindCopies) {
    public static final MessageNotes NONE = new MessageNotes(false, List.of());
    /// Encoded: nothing at all.
    public static final byte[] NO_BYTES = {};

    private static final int DIED = 1;
    private static final int BYTES_MAX = 0xffff;

    public MessageNotes {
        blindCopies = List.copyOf(blindCopies);
    }

    /// After the message's body, from the length on. Keys that do not fit are left out: there are 64 KiB.
    public byte[] encoded() {
        if (equals(NONE)) {
            return NO_BYTES;
        }
        var bytes = new ByteArrayOutputStream();
        bytes.write(0);
        bytes.write(0);
        bytes.write(died ? DIED : 0);
        for (String copy : blindCopies) {
            var key = copy.getBytes(StandardCharsets.UTF_8);
            if (key.length <= 0xff && bytes.size() + 1 + key.length <= BYTES_MAX) {
                bytes.write(key.length);
                bytes.writeBytes(key);
            }
        }
        var encoded = bytes.toByteArray();
        ByteBuffer.wrap(encoded).putShort((short) (encoded.length - Short.BYTES));
        return encoded;
    }

    static MessageNotes decode(ByteBuffer page, int start) {
        int end = start + bytes(page, start);
        int flags = page.get(start + Short.BYTES);
        List<String> copies = new ArrayList<>();
        for (int at = start + Short.BYTES + 1; at < end; ) {
            var key = new byte[page.get(at) & 0xff];
            page.get(at + 1, key);
            copies.add(new String(key, StandardCharsets.UTF_8));
            at += 1 + key.length;
        }
        return new MessageNotes((flags & DIED) != 0, copies);
    }

    /// Of the notes that begin at `start`, the length included.
    static int bytes(ByteBuffer page, int start) {
        return Short.BYTES + (page.getShort(start) & 0xffff);
    }
}
