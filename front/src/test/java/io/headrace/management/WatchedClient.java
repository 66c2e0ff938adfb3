package io.headrace.management;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// As much of an AMQP client as there has to be for something to be seen. Every method waits for its answer.
final class WatchedClient implements AutoCloseable {
    private static final int METHOD = 1;
    private static final int END = 0xCE;

    private interface Arguments {
        void write(DataOutputStream to) throws IOException;
    }

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private byte[] last = {};

    WatchedClient(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(10_000);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = new DataOutputStream(socket.getOutputStream());
        out.write(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
        await(10, 10);
        method(0, 10, 11, to -> {
            var table = new ByteArrayOutputStream();
            var fields = new DataOutputStream(table);
            shortText(fields, "product");
            fields.writeByte('S');
            longText(fields, "watched");
            to.writeInt(table.size());
            table.writeTo(to);
            shortText(to, "PLAIN");
            longText(to, "\0guest\0guest");
            shortText(to, "en_US");
        });
        await(10, 30);
        method(0, 10, 31, to -> to.write(last, 4, last.length - 4));
        method(0, 10, 40, to -> {
            shortText(to, "/");
            to.writeShort(0);
        });
        await(10, 41);
        method(1, 20, 10, to -> to.writeByte(0));
        await(20, 11);
    }

    void declare(String queue) throws IOException {
        method(1, 50, 10, to -> {
            to.writeShort(0);
            shortText(to, queue);
            to.writeByte(2);
            to.writeInt(0);
        });
        await(50, 11);
    }

    void confirms() throws IOException {
        method(1, 85, 10, to -> to.writeByte(0));
        await(85, 11);
    }

    /// Returns when it is confirmed.
    void publish(String key, String body) throws IOException {
        method(1, 60, 40, to -> {
            to.writeShort(0);
            shortText(to, "");
            shortText(to, key);
            to.writeByte(0);
        });
        frame(2, to -> {
            to.writeInt(60 << 16);
            to.writeLong(body.length());
            to.writeShort(0);
        });
        frame(3, to -> to.writeBytes(body));
        await(60, 80);
    }

    /// Returns when the first message is there.
    void consume(String queue, String tag) throws IOException {
        method(1, 60, 20, to -> {
            to.writeShort(0);
            shortText(to, queue);
            shortText(to, tag);
            to.writeByte(0);
            to.writeInt(0);
        });
        await(60, 21);
        await(60, 60);
    }

    /// What the broker said when it closed.
    String closeReason() throws IOException {
        await(10, 50);
        return new String(last, 7, last[6] & 0xff, StandardCharsets.UTF_8);
    }

    boolean open() throws IOException {
        declare("still-there");
        return true;
    }

    private void method(int channel, int classId, int methodId, Arguments arguments) throws IOException {
        frame(METHOD, channel, to -> {
            to.writeShort(classId);
            to.writeShort(methodId);
            arguments.write(to);
        });
    }

    private void frame(int type, Arguments payload) throws IOException {
        frame(type, 1, payload);
    }

    private void frame(int type, int channel, Arguments payload) throws IOException {
        var bytes = new ByteArrayOutputStream();
        payload.write(new DataOutputStream(bytes));
        out.writeByte(type);
        out.writeShort(channel);
        out.writeInt(bytes.size());
        bytes.writeTo(out);
        out.writeByte(END);
    }

    private void await(int classId, int methodId) throws IOException {
        while (true) {
            int type = in.readUnsignedByte();
            in.readUnsignedShort();
            var payload = in.readNBytes(in.readInt());
            in.readUnsignedByte();
            if (type == METHOD) {
                last = payload;
                int got = (payload[0] & 0xff) << 24 | (payload[1] & 0xff) << 16 | (payload[2] & 0xff) << 8 | payload[3];
                if (got == (classId << 16 | methodId)) {
                    return;
                }
            }
        }
    }

    private static void shortText(DataOutputStream to, String text) throws IOException {
        to.writeByte(text.length());
        to.writeBytes(text);
    }

    private static void longText(DataOutputStream to, String text) throws IOException {
        to.writeInt(text.length());
        to.writeBytes(text);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
