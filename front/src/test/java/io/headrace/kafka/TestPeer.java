package io.headrace.kafka;

import io.headrace.config.Given;
import io.headrace.config.Settings;
import io.headrace.kafka.quota.Quotas;
import io.headrace.net.InputMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;

/// A client on a [TestWire]: writes requests with Kafka's classes and reads answers with them.
final class TestPeer {
    /// Kept here, or its level would be forgotten with it. Most tests break something on purpose.
    private static final Logger LOGGER = Logger.getLogger("io.headrace.kafka");

    static {
        LOGGER.setLevel(Level.OFF);
    }

    final TestWire wire = new TestWire();
    final MemoryBroker broker;
    final KafkaConnection connection;
    final InputMemory memory;
    final FetchMemory fetchMemory;
    private final ArrayDeque<RequestHeader> sent = new ArrayDeque<>();
    private final List<AbstractResponse> heard = new ArrayList<>();
    private int correlation = 100;

    TestPeer() {
        this(KafkaConfig.defaults());
    }

    TestPeer(KafkaConfig config) {
        this(config, new MemoryBroker());
    }

    TestPeer(KafkaConfig config, MemoryBroker broker) {
        this.broker = broker;
        memory = new InputMemory(config.requestMemoryBytes(), config.requestBytesMax());
        fetchMemory = new FetchMemory(config.fetchMemoryBytes());
        var quotas = new Quotas(broker.settings());
        connection = new KafkaConnection(
                wire,
                new KafkaConnection.Ground(
                        broker,
                        config,
                        KafkaProtocol.apis(broker, config, quotas),
                        new ApiTimes(broker.connections().requests()),
                        mechanisms(broker, config),
                        CertificateNames.by(config.principalMapping()),
                        memory,
                        fetchMemory,
                        quotas,
                        ConcurrentHashMap.newKeySet()));
    }

    /// All that is served.
    static ApiTable apis() {
        var broker = new MemoryBroker();
        return KafkaProtocol.apis(broker, KafkaConfig.defaults(), new Quotas(broker.settings()));
    }

    /// The defaults, but for these keys and values.
    static KafkaConfig config(String... keysAndValues) {
        var given = new HashMap<String, Given>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            given.put(keysAndValues[i], new Given(keysAndValues[i + 1], "test"));
        }
        var settings = new Settings(given);
        var config = KafkaConfig.read(settings);
        if (!settings.problems().isEmpty()) {
            throw new IllegalArgumentException(settings.problems().toString());
        }
        return config;
    }

    private static Mechanisms mechanisms(MemoryBroker broker, KafkaConfig config) {
        try {
            return Mechanisms.open(broker, config.sasl(), Runnable::run);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ByteBuffer encode(ApiKeys key, int version, ApiMessage body) {
        var header = new RequestHeader(key, (short) version, "test", correlation++);
        sent.add(header);
        return RequestUtils.serialize(header.data(), header.headerVersion(), body, (short) version);
    }

    /// With its size in front.
    static ByteBuf framed(ByteBuffer request) {
        return Unpooled.buffer().writeInt(request.remaining()).writeBytes(request);
    }

    void send(ApiKeys key, int version, ApiMessage body) {
        receive(framed(encode(key, version, body)));
    }

    void receive(ByteBuf bytes) {
        connection.received(bytes);
        wire.loop.turn();
    }

    /// Sends, and returns the answer, which must be there.
    <T> T ask(ApiKeys key, int version, ApiMessage body, Class<T> type) {
        send(key, version, body);
        var answers = answers();
        if (answers.size() != 1) {
            throw new AssertionError(answers.size() + " answers to " + key);
        }
        return type.cast(answers.getFirst().data());
    }

    /// What was answered since the last look, in order.
    List<AbstractResponse> answers() {
        wire.loop.turn();
        for (var frame : wire.frames()) {
            heard.add(AbstractResponse.parseResponse(frame, sent.poll()));
        }
        var answers = List.copyOf(heard);
        heard.clear();
        return answers;
    }

    /// The last request gets no answer.
    void expectNone() {
        sent.pollLast();
    }
}
