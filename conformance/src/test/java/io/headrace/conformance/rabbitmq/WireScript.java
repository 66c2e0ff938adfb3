package io.headrace.conformance.rabbitmq;

import com.rabbitmq.client.AMQP;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Handshakes and frames that no client would send. RabbitMQ takes its time to end a connection before the login, so
/// many are open at once.
final class WireScript {
    private static final List<String> SERVER_PROPERTIES = List.of("capabilities", "product");
    private static final int CONNECTIONS = 16;
    private static final HexFormat HEX = HexFormat.of();

    private final Script script;
    private final String vhost;
    private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    private final Map<String, Future<List<String>>> steps = new LinkedHashMap<>();

    private WireScript(Script script) {
        this.script = script;
        this.vhost = script.management().vhost();
    }

    static void run(Script script) throws IOException {
        var part = new WireScript(script);
        part.headers();
        part.start();
        part.logins();
        part.tune();
        part.opening();
        part.channels();
        part.frames();
        part.content();
        part.finish();
    }

    private interface Use {
        void of(Wire wire) throws IOException;
    }

    private interface Opening {
        Wire open() throws IOException;
    }

    /// Opens, does it, and notes so many answers.
    private void step(String name, int answers, Opening opening, Use use) {
        steps.put(name, threads.submit(() -> {
            try (var wire = opening.open()) {
                use.of(wire);
                var lines = new ArrayList<String>();
                for (int i = 0; i < answers; i++) {
                    lines.add(wire.next(script.answers()));
                }
                return lines;
            }
        }));
    }

    private void finish() throws IOException {
        for (var step : steps.entrySet()) {
            try {
                script.note(step.getKey(), step.getValue().get());
            } catch (InterruptedException | ExecutionException e) {
                throw new IOException(step.getKey(), e);
            }
        }
        threads.close();
    }

    private void headers() throws IOException {
        for (byte[] header : List.of(
                new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 9},
                new byte[] {'A', 'M', 'Q', 'P', 1, 1, 8, 0},
                new byte[] {'A', 'M', 'Q', 'P', 9, 1, 0, 0},
                "GET / HT".getBytes())) {
            try (var wire = new Wire(script.amqp())) {
                wire.bytes(header);
                script.note("header " + HEX.formatHex(header), List.of(HEX.formatHex(wire.read(8))));
            }
        }
        step("header of AMQP 0-9", 1, () -> new Wire(script.amqp()), wire -> {
            wire.bytes(new byte[] {'A', 'M', 'Q', 'P', 1, 1, 0, 9});
            wire.method();
            wire.startOk("PLAIN", "\0guest\0guest", true);
        });
    }

    private void start() throws IOException {
        try (var wire = new Wire(script.amqp())) {
            var start = Wire.started(script.amqp(), wire);
            var lines = new ArrayList<String>();
            lines.add("version = " + start.getVersionMajor() + "-" + start.getVersionMinor());
            lines.add("mechanisms = " + sorted(start.getMechanisms().toString()));
            lines.add("locales = " + start.getLocales());
            var properties = new TreeMap<>(start.getServerProperties());
            properties.keySet().retainAll(SERVER_PROPERTIES);
            script.answers().table(lines, "server", properties);
            script.note("connection.start", lines);
        }
    }

    private static List<String> sorted(String words) {
        return List.of(words.split(" ")).stream().sorted().toList();
    }

    private void logins() throws IOException {
        login("guest in PLAIN", "PLAIN", "\0guest\0guest", true);
        login("a wrong password", "PLAIN", "\0guest\0wrong", true);
        login("a wrong password of an old client", "PLAIN", "\0guest\0wrong", false);
        login("an unknown user", "PLAIN", "\0nobody\0guest", true);
        login("no password", "PLAIN", "\0guest", true);
        login("no bytes", "PLAIN", "", true);
        login("an unknown mechanism", "OTHER", "\0guest\0guest", true);
        login("AMQPLAIN without a table", "AMQPLAIN", "guest", true);
        login("AMQPLAIN", "AMQPLAIN", "\5LOGINS\0\0\0\5guest\10PASSWORDS\0\0\0\5guest", true);
        login("AMQPLAIN with a wrong password", "AMQPLAIN", "\5LOGINS\0\0\0\5guest\10PASSWORDS\0\0\0\5wrong", true);
        step("a channel before the login", 1, () -> new Wire(script.amqp()), wire -> {
            Wire.started(script.amqp(), wire);
            wire.send(1, new AMQP.Channel.Open.Builder().build());
        });
        step("open before the login", 1, () -> new Wire(script.amqp()), wire -> {
            Wire.started(script.amqp(), wire);
            wire.send(0, new AMQP.Connection.Open.Builder().virtualHost(vhost).build());
        });
    }

    private void login(String name, String mechanism, String response, boolean hearsOfFailures) throws IOException {
        step(name, 1, () -> new Wire(script.amqp()), wire -> {
            Wire.started(script.amqp(), wire);
            wire.startOk(mechanism, response, hearsOfFailures);
        });
    }

    private void tune() throws IOException {
        step("connection.tune", 1, () -> Wire.tuning(script.amqp()), wire -> {});
        tuned(0, 0, 0);
        tuned(1, 8192, 60);
        tuned(2047, 131_072, 0);
        tuned(2048, 131_072, 0);
        tuned(65_535, 131_072, 0);
        tuned(100, 131_073, 0);
        tuned(100, 4095, 0);
        tuned(100, 1, 0);
    }

    private void tuned(int channels, int frame, int heartbeat) throws IOException {
        step("tune-ok " + channels + " " + frame + " " + heartbeat, 2, () -> Wire.tuning(script.amqp()), wire -> {
            wire.send(
                    0,
                    new AMQP.Connection.TuneOk.Builder()
                            .channelMax(channels)
                            .frameMax(frame)
                            .heartbeat(heartbeat)
                            .build());
            wire.send(0, new AMQP.Connection.Open.Builder().virtualHost(vhost).build());
        });
    }

    private void opening() throws IOException {
        step("an unknown vhost", 2, () -> Wire.tuning(script.amqp()), wire -> {
            wire.send(
                    0,
                    new AMQP.Connection.TuneOk.Builder()
                            .channelMax(1)
                            .frameMax(8192)
                            .build());
            wire.send(
                    0,
                    new AMQP.Connection.Open.Builder().virtualHost("none such").build());
        });
        opened(
                "open twice",
                1,
                wire -> wire.send(
                        0, new AMQP.Connection.Open.Builder().virtualHost(vhost).build()));
        opened("tune-ok once more", 1, wire -> wire.send(0, new AMQP.Connection.TuneOk.Builder().build()));
        opened(
                "a queue on channel 0",
                1,
                wire -> wire.send(0, new AMQP.Queue.Declare.Builder().queue("w").build()));
        opened("channel.open on channel 0", 1, wire -> wire.send(0, new AMQP.Channel.Open.Builder().build()));
        opened("close-ok unasked", 1, wire -> wire.send(0, new AMQP.Connection.CloseOk.Builder().build()));
        opened(
                "update-secret",
                1,
                wire -> wire.send(
                        0,
                        new AMQP.Connection.UpdateSecret.Builder()
                                .newSecret(com.rabbitmq.client.impl.LongStringHelper.asLongString("secret"))
                                .reason("why")
                                .build()));
        opened(
                "close",
                2,
                wire -> wire.send(
                        0,
                        new AMQP.Connection.Close.Builder()
                                .replyCode(200)
                                .replyText("bye")
                                .classId(0)
                                .methodId(0)
                                .build()));
    }

    private void opened(String name, int answers, Use use) throws IOException {
        step(name, answers, () -> Wire.open(script.amqp(), vhost), use);
    }

    private void channels() throws IOException {
        var open = new AMQP.Channel.Open.Builder().build();
        var declare = new AMQP.Queue.Declare.Builder().queue("w.q").build();
        opened("channel.open at the limit", 1, wire -> wire.send(100, open));
        opened("channel.open over the limit", 1, wire -> wire.send(101, open));
        opened("a method without a channel", 1, wire -> wire.send(1, declare));
        opened("close-ok without a channel", 1, wire -> {
            wire.send(1, new AMQP.Channel.CloseOk.Builder().build());
            wire.send(1, open);
        });
        channel("channel.open twice", wire -> wire.send(1, open));
        channel(
                "channel.flow off",
                wire -> wire.send(
                        1, new AMQP.Channel.Flow.Builder().active(false).build()));
        channel(
                "channel.flow on",
                wire -> wire.send(
                        1, new AMQP.Channel.Flow.Builder().active(true).build()));
        channel(
                "flow-ok unasked",
                wire -> wire.send(
                        1, new AMQP.Channel.FlowOk.Builder().active(true).build()));
        channel(
                "access.request",
                wire -> wire.send(
                        1, new AMQP.Access.Request.Builder().realm("/data").build()));
        channel(
                "a method of a server",
                wire -> wire.send(
                        1,
                        new AMQP.Queue.DeclareOk.Builder()
                                .queue("w.q")
                                .messageCount(1)
                                .consumerCount(1)
                                .build()));
        channel(
                "a method of a connection",
                wire -> wire.send(
                        1, new AMQP.Connection.Open.Builder().virtualHost(vhost).build()));
        var missing =
                new AMQP.Queue.Declare.Builder().queue("w.none").passive(true).build();
        step("what follows an error is ignored", 2, () -> Wire.channel(script.amqp(), vhost), wire -> {
            wire.send(1, missing);
            wire.send(1, declare);
            wire.send(1, new AMQP.Channel.CloseOk.Builder().build());
            wire.send(1, open);
        });
        step("no-wait hides the answer, not the error", 1, () -> Wire.channel(script.amqp(), vhost), wire -> {
            wire.send(
                    1,
                    new AMQP.Queue.Declare.Builder()
                            .queue("w.n")
                            .autoDelete(true)
                            .nowait(true)
                            .build());
            wire.send(
                    1,
                    new AMQP.Queue.Declare.Builder()
                            .queue("w.n")
                            .durable(true)
                            .nowait(true)
                            .build());
        });
        channel(
                "no-wait without a name",
                wire -> wire.send(
                        1,
                        new AMQP.Queue.Declare.Builder()
                                .queue("")
                                .exclusive(true)
                                .nowait(true)
                                .build()));
    }

    private void channel(String name, Use use) throws IOException {
        step(name, 1, () -> Wire.channel(script.amqp(), vhost), use);
    }

    private void frames() throws IOException {
        channel("a frame of unknown type", wire -> wire.frame(9, 1, (byte) 0));
        channel("a frame of type 0", wire -> wire.frame(0, 1, (byte) 0));
        channel("a heartbeat on a channel", wire -> wire.frame(8, 1));
        channel("a heartbeat with bytes", wire -> wire.frame(8, 0, (byte) 1));
        channel("a wrong end", wire -> wire.bytes(HEX.parseHex("01000100000005003c001e0000")));
        channel("too large a frame", wire -> wire.bytes(HEX.parseHex("010001" + "00100000" + "003c")));
        channel("an unknown method", wire -> wire.frame(1, 1, HEX.parseHex("003c0063")));
        channel("an unknown class", wire -> wire.frame(1, 1, HEX.parseHex("03e70001")));
        channel("an unknown method on channel 0", wire -> wire.frame(1, 0, HEX.parseHex("000a0063")));
        channel("half a method", wire -> wire.frame(1, 1, HEX.parseHex("0032000a0000")));
        channel("less than a method", wire -> wire.frame(1, 1, HEX.parseHex("0032")));
        channel("no method", wire -> wire.frame(1, 1));
        channel(
                "a name that is not UTF-8",
                wire -> wire.frame(1, 1, HEX.parseHex("0032000a" + "0000" + "02c328" + "00" + "00000000")));
        channel(
                "a table that ends too soon",
                wire -> wire.frame(1, 1, HEX.parseHex("0032000a" + "0000" + "0177" + "00" + "00000009" + "0161")));
        channel(
                "a field of unknown type",
                wire -> wire.frame(1, 1, HEX.parseHex("0032000a" + "0000" + "0177" + "00" + "00000003" + "01617a")));
    }

    private void content() throws IOException {
        var publish =
                new AMQP.Basic.Publish.Builder().exchange("").routingKey("w.q").build();
        channel("a header without a method", wire -> wire.frame(2, 1, header(60, 0)));
        channel("a body without a method", wire -> wire.frame(3, 1, (byte) 1));
        channel("a body without a header", wire -> {
            wire.send(1, publish);
            wire.frame(3, 1, (byte) 1);
        });
        channel("a header of another class", wire -> {
            wire.send(1, publish);
            wire.frame(2, 1, header(50, 0));
        });
        channel("a method instead of a header", wire -> {
            wire.send(1, publish);
            wire.send(1, publish);
        });
        channel("a method instead of a body", wire -> {
            wire.send(1, publish);
            wire.frame(2, 1, header(60, 5));
            wire.send(1, publish);
        });
        channel("two headers", wire -> {
            wire.send(1, publish);
            wire.frame(2, 1, header(60, 5));
            wire.frame(2, 1, header(60, 5));
        });
        channel("a body that is too long", wire -> {
            wire.send(1, publish);
            wire.frame(2, 1, header(60, 2));
            wire.frame(3, 1, new byte[3]);
        });
        channel("a body too large to be", wire -> {
            wire.send(1, publish);
            wire.frame(2, 1, header(60, 536_870_913L));
        });
        channel("half a header", wire -> {
            wire.send(1, publish);
            wire.frame(2, 1, HEX.parseHex("003c00000000"));
        });
        channel("content on channel 0", wire -> wire.frame(2, 0, header(60, 0)));
        channel("a body in two, one of them empty", wire -> {
            wire.send(
                    1,
                    new AMQP.Queue.Declare.Builder()
                            .queue("w.q")
                            .exclusive(true)
                            .nowait(true)
                            .build());
            wire.send(1, publish);
            wire.frame(2, 1, header(60, 3));
            wire.frame(3, 1, (byte) 'a');
            wire.frame(3, 1);
            wire.frame(3, 1, (byte) 'b', (byte) 'c');
            wire.send(1, new AMQP.Basic.Get.Builder().queue("w.q").noAck(true).build());
        });
        channel("a consumer tag that is in use", wire -> {
            var consume = new AMQP.Basic.Consume.Builder()
                    .queue("w.c")
                    .consumerTag("t")
                    .nowait(true)
                    .build();
            wire.send(
                    1,
                    new AMQP.Queue.Declare.Builder()
                            .queue("w.c")
                            .exclusive(true)
                            .nowait(true)
                            .build());
            wire.send(1, consume);
            wire.send(1, consume);
        });
    }

    private static byte[] header(int classId, long size) {
        return java.nio.ByteBuffer.allocate(14)
                .putShort((short) classId)
                .putShort((short) 0)
                .putLong(size)
                .putShort((short) 0)
                .array();
    }
}
