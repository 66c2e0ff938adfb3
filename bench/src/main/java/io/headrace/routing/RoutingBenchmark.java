package io.headrace.routing;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.ExchangeType;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.QueueType;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What it costs to find the queues of a message, each time anew: the broker keeps routes by exchange and
/// key, so this is the price of a key that is not known yet, and, for headers, of every message.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RoutingBenchmark {
    private static final String VHOST = "/";
    private static final int QUEUES = 100;
    private static final int BINDINGS = 1000;
    private static final int HEADERS_BINDINGS = 100;
    private static final int FANOUT_QUEUES = 10;

    private final Router router = new Router();
    private final String[] topicKeys = new String[BINDINGS];
    private final String[] directKeys = new String[BINDINGS];
    private final FieldTable[] headers = new FieldTable[HEADERS_BINDINGS];
    private int turn;

    @Setup
    public void bind() {
        router.add(exchange("", ExchangeType.DIRECT));
        for (int i = 0; i < QUEUES; i++) {
            router.add(new QueueDefinition(
                    i + 1, VHOST, queue(i), QueueType.CLASSIC, true, QueueDefinition.NOT_EXCLUSIVE, false, none()));
        }
        for (var type : ExchangeType.values()) {
            router.add(exchange(type.wireName(), type));
        }
        bindTopic();
        bindDirect();
        for (int i = 0; i < FANOUT_QUEUES; i++) {
            bind(ExchangeType.FANOUT, i, "", none());
        }
        bindHeaders();
    }

    /// A key that one of a thousand patterns matches, and another one that holds for all keys.
    @Benchmark
    public Route topicWithAThousandBindings() {
        return router.route("topic", topicKeys[next(BINDINGS)], RoutingBenchmark::none);
    }

    @Benchmark
    public Route directWithAThousandBindings() {
        return router.route("direct", directKeys[next(BINDINGS)], RoutingBenchmark::none);
    }

    @Benchmark
    public Route fanoutToTenQueues() {
        return router.route("fanout", "any", RoutingBenchmark::none);
    }

    @Benchmark
    public Route headersWithAHundredBindings() {
        return router.route("headers", "", () -> headers[next(HEADERS_BINDINGS)]);
    }

    @Benchmark
    public Route defaultExchange() {
        return router.route("", "q-7", RoutingBenchmark::none);
    }

    private void bindTopic() {
        for (int i = 0; i < BINDINGS; i++) {
            bind(ExchangeType.TOPIC, i % QUEUES, "k." + i + ".*.x", none());
            topicKeys[i] = "k." + i + ".y.x";
        }
        bind(ExchangeType.TOPIC, 0, "k.*.y.#", none());
    }

    private void bindDirect() {
        for (int i = 0; i < BINDINGS; i++) {
            directKeys[i] = "key-" + i;
            bind(ExchangeType.DIRECT, i % QUEUES, directKeys[i], none());
        }
    }

    /// Every pattern wants two headers; a message has four.
    private void bindHeaders() {
        for (int i = 0; i < HEADERS_BINDINGS; i++) {
            var wanted = new LinkedHashMap<String, FieldValue>();
            wanted.put("customer", new FieldValue.Int32(i));
            wanted.put("region", FieldValue.LongString.of("north"));
            bind(ExchangeType.HEADERS, i % QUEUES, "", new FieldTable(wanted));
            var sent = new LinkedHashMap<>(wanted);
            sent.put("trace", FieldValue.LongString.of("4bf92f3577b34da6"));
            sent.put("attempt", new FieldValue.Int32(1));
            headers[i] = new FieldTable(sent);
        }
    }

    private void bind(ExchangeType type, int queue, String key, FieldTable arguments) {
        router.add(new BindingKey(type.wireName(), false, queue(queue), key, arguments));
    }

    private static ExchangeDefinition exchange(String name, ExchangeType type) {
        return new ExchangeDefinition(VHOST, name, type, true, false, false, none());
    }

    private static String queue(int i) {
        return "q-" + i;
    }

    private static FieldTable none() {
        return FieldTable.EMPTY;
    }

    private int next(int bound) {
        turn = turn + 1 < bound ? turn + 1 : 0;
        return turn;
    }
}
