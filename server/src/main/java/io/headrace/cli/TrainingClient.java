package io.headrace.cli;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Declares, publishes, confirms, consumes and acknowledges over a real socket, so that a JVM that is being trained
/// meets what a start and the first clients need. Speaks no more of AMQP 0-9-1 than this takes.
///
/// Threads: one.
final class TrainingClient implements AutoCloseable {
    private static final String QUEUE = "training";
    private static final String DYING = "training-dying";
    private static final String DELAYED = "training-delayed";
    private static final int DELAY_MILLIS = 20;
    private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    private static final int METHOD = 1;
    private static final int CONTENT_HEADER = 2;
    private static final int CONTENT_BODY = 3;
    private static final int FRAME_END = 0xCE;
    private static final int BODY_BYTES = 200;
    private static final Arguments NO_ARGUMENTS = to -> to.writeInt(0);
    private static final Arguments TYPE_CLASSIC = table(fields -> field(fields, "x-queue-type", "classic"));
    private static final Arguments DEAD_TO_QUEUE = table(fields -> {
        field(fields, "x-dead-letter-exchange", "");
        field(fields, "x-dead-letter-routing-key", QUEUE);
    });
    private static final Arguments TO_ALL_QUEUES = table(fields -> field(fields, "x-delayed-type", "fanout"));
    private static final Arguments DELAY = table(fields -> {
        shortText(fields, "x-delay");
        fields.writeByte('I');
        fields.writeInt(DELAY_MILLIS);
    });

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private int lastMethod; // class and method of the frame just read
    private byte[] lastPayload = {};
    private long sent;
    private long confirmed;
    private long delivered;

    /// What writes the arguments of a method.
    private interface Arguments {
        void write(DataOutputStream to) throws IOException;
    }

    TrainingClient(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        login();
    }

    private void login() throws IOException {
        out.write(HEADER);
        await(10, 10);
        method(0, 10, 11, to -> {
            to.writeInt(0); // no client properties
            shortText(to, "PLAIN");
            longText(to, "\0guest\0guest");
            shortText(to, "en_US");
        });
        await(10, 30);
        method(0, 10, 31, to -> to.write(lastPayload, 4, lastPayload.length - 4)); // what was proposed
        method(0, 10, 40, to -> {
            shortText(to, "/");
            shortText(to, "");
            to.writeByte(0);
        });
        await(10, 41);
        ask(20, 10, 11, to -> shortText(to, ""));
        ask(85, 10, 11, to -> to.writeByte(0));
    }

    /// Declares `queues` durable queues and deletes them again.
    void declare(int queues) throws IOException {
        for (int i = 0; i < queues; i++) {
            declare(QUEUE + "-" + i, TYPE_CLASSIC);
        }
        for (int i = 0; i < queues; i++) {
            var name = QUEUE + "-" + i;
            ask(50, 40, 41, to -> {
                to.writeShort(0);
                shortText(to, name);
                to.writeByte(0);
            });
        }
    }

    /// Declares what [#run], [#die] and [#delay] need, and consumes the queue.
    void consume() throws IOException {
        declare(QUEUE, NO_ARGUMENTS);
        declare(DYING, DEAD_TO_QUEUE);
        ask(40, 10, 11, to -> {
            to.writeShort(0);
            shortText(to, DELAYED);
            shortText(to, "x-delayed-message");
            to.writeByte(2); // durable
            TO_ALL_QUEUES.write(to);
        });
        ask(50, 20, 21, to -> {
            to.writeShort(0);
            shortText(to, QUEUE);
            shortText(to, DELAYED);
            shortText(to, "");
            to.writeByte(0);
            NO_ARGUMENTS.write(to);
        });
        ask(60, 20, 21, to -> {
            to.writeShort(0);
            shortText(to, QUEUE);
            shortText(to, "");
            to.writeByte(0);
            to.writeInt(0);
        });
    }

    private void declare(String queue, Arguments table) throws IOException {
        ask(50, 10, 11, to -> {
            to.writeShort(0);
            shortText(to, queue);
            to.writeByte(2); // durable
            table.write(to);
        });
    }

    /// Sends `messages`, and waits until each is confirmed and delivered.
    void run(int messages) throws IOException {
        run(messages, "", QUEUE, 1 << 12, to -> to.writeByte(2));
    }

    /// As [#run], but they come as dead letters.
    void die(int messages) throws IOException {
        run(messages, "", DYING, 1 << 12 | 1 << 8, to -> {
            to.writeByte(2);
            shortText(to, Integer.toString(DELAY_MILLIS));
        });
    }

    /// As [#run], but they come when their time is there.
    void delay(int messages) throws IOException {
        run(messages, DELAYED, "", 1 << 13 | 1 << 12, to -> {
            DELAY.write(to);
            to.writeByte(2);
        });
    }

    private void run(int messages, String exchange, String key, int flags, Arguments properties) throws IOException {
        for (int i = 0; i < messages; i++) {
            publish(exchange, key, flags, properties);
        }
        out.flush();
        sent += messages;
        while (confirmed < sent || delivered < sent) {
            readMethod();
            if (lastMethod == (60 << 16 | 80)) {
                confirmed = longAt(4);
            } else if (lastMethod == (60 << 16 | 60)) {
                delivered = longAt(5 + lastPayload[4]);
                method(1, 60, 80, to -> {
                    to.writeLong(delivered);
                    to.writeByte(0);
                });
            }
        }
    }

    private void publish(String exchange, String key, int flags, Arguments properties) throws IOException {
        method(1, 60, 40, to -> {
            to.writeShort(0);
            shortText(to, exchange);
            shortText(to, key);
            to.writeByte(0);
        });
        frame(CONTENT_HEADER, 1, to -> {
            to.writeShort(60);
            to.writeShort(0);
            to.writeLong(BODY_BYTES);
            to.writeShort(flags);
            properties.write(to);
        });
        frame(CONTENT_BODY, 1, to -> to.write(new byte[BODY_BYTES]));
    }

    private static Arguments table(Arguments fields) {
        return to -> {
            var bytes = new ByteArrayOutputStream();
            fields.write(new DataOutputStream(bytes));
            to.writeInt(bytes.size());
            bytes.writeTo(to);
        };
    }

    private void ask(int classId, int methodId, int answer, Arguments arguments) throws IOException {
        method(1, classId, methodId, arguments);
        await(classId, answer);
    }

    private void method(int channel, int classId, int methodId, Arguments arguments) throws IOException {
        frame(METHOD, channel, to -> {
            to.writeShort(classId);
            to.writeShort(methodId);
            arguments.write(to);
        });
    }

    private void frame(int type, int channel, Arguments payload) throws IOException {
        var bytes = new ByteArrayOutputStream();
        payload.write(new DataOutputStream(bytes));
        out.writeByte(type);
        out.writeShort(channel);
        out.writeInt(bytes.size());
        bytes.writeTo(out);
        out.writeByte(FRAME_END);
    }

    private void await(int classId, int methodId) throws IOException {
        readMethod();
        if (lastMethod != (classId << 16 | methodId)) {
            throw new IOException("expected method " + classId + "." + methodId + ", got " + (lastMethod >> 16) + "."
                    + (lastMethod & 0xffff));
        }
    }

    /// Skips frames of content.
    private void readMethod() throws IOException {
        out.flush();
        int type;
        do {
            type = in.readUnsignedByte();
            in.readUnsignedShort();
            lastPayload = in.readNBytes(in.readInt());
            in.readUnsignedByte();
        } while (type != METHOD);
        lastMethod = (int) (longAt(0) >>> 32);
    }

    private long longAt(int position) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | (position + i < lastPayload.length ? lastPayload[position + i] & 0xff : 0);
        }
        return value;
    }

    private static void shortText(DataOutputStream to, String text) throws IOException {
        to.writeByte(text.length());
        to.writeBytes(text);
    }

    private static void field(DataOutputStream to, String name, String value) throws IOException {
        shortText(to, name);
        to.writeByte('S');
        longText(to, value);
    }

    private static void longText(DataOutputStream to, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        to.writeInt(bytes.length);
        to.write(bytes);
    }

    @Override
    public void close() throws IOException {
        method(0, 10, 50, to -> {
            to.writeShort(200);
            shortText(to, "");
            to.writeInt(0);
        });
        await(10, 51);
        socket.close();
    }
}
