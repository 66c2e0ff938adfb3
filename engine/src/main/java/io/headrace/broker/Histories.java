package io.headrace.broker;

import io.headrace.bridge.Bridge;
import io.headrace.bridge.Destinations;
import io.headrace.bridge.Publication;
import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogListener;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.MalformedException;
import io.headrace.message.MessageProperties;
import io.headrace.message.StoredMessage;
import io.headrace.routing.CopyKeys;
import io.headrace.routing.Routers;
import io.headrace.shard.Loop;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The last messages of exchanges of type `x-recent-history`, which whoever is bound to one gets first, oldest first.
///
/// In memory alone, as in RabbitMQ: a restart begins with none.
///
/// Threads: the loop.
final class Histories implements CatalogListener {
    private static final int LENGTH = 20;
    /// Of all exchanges together; one that would need more loses its own oldest messages.
    private static final long BYTES_MAX = 64L << 20;

    private static final byte[] NO_STORE = "x-recent-history-no-store".getBytes(StandardCharsets.US_ASCII);

    private record Name(String vhost, String exchange) {}

    private final Loop loop;
    private final Catalog catalog;
    private final Routers routers;
    private final Bridge bridge;
    private final Map<Name, ArrayDeque<byte[]>> histories = new HashMap<>(); // as stored messages
    private long bytes;

    Histories(Loop loop, Catalog catalog, Routers routers, Bridge bridge) {
        this.loop = loop;
        this.catalog = catalog;
        this.routers = routers;
        this.bridge = bridge;
    }

    /// A message has passed these exchanges.
    void remember(String vhost, List<String> exchanges, Publication message) {
        if (exchanges.isEmpty() || notToBeStored(message.properties())) {
            return;
        }
        var stored = new byte[message.sizeBytes()];
        message.write(ByteBuffer.wrap(stored), 0);
        for (String exchange : exchanges) {
            catalog.exchange(vhost, exchange)
                    .ifPresent(definition -> remember(new Name(vhost, exchange), length(definition), stored));
        }
    }

    private void remember(Name exchange, long length, byte[] stored) {
        var history = histories.computeIfAbsent(exchange, _ -> new ArrayDeque<>());
        while (!history.isEmpty() && (history.size() >= length || bytes + stored.length > BYTES_MAX)) {
            bytes -= history.removeFirst().length;
        }
        if (bytes + stored.length <= BYTES_MAX) {
            history.addLast(stored);
            bytes += stored.length;
        }
    }

    private static long length(ExchangeDefinition exchange) {
        return exchange.arguments()
                .get(ExchangeDefinition.HISTORY_LENGTH)
                .map(value -> value.integer().orElse(LENGTH))
                .orElse((long) LENGTH);
    }

    private static boolean notToBeStored(MessageProperties properties) {
        try {
            return properties.has(MessageProperties.Property.HEADERS)
                    && properties.hasHeader(NO_STORE)
                    && properties
                            .headers()
                            .get(new String(NO_STORE, StandardCharsets.US_ASCII))
                            .filter(new FieldValue.Bool(true)::equals)
                            .isPresent();
        } catch (MalformedException e) {
            return false;
        }
    }

    // ---- what comes and goes ----

    @Override
    public void bindingAdded(String vhost, BindingKey binding) {
        var history = histories.get(new Name(vhost, binding.source()));
        if (history != null && !history.isEmpty()) {
            var messages = List.copyOf(history);
            loop.execute(() -> tell(vhost, binding, messages)); // not within the change that is being applied
        }
    }

    @Override
    public void exchangeDeleted(ExchangeDefinition exchange) {
        forget(new Name(exchange.vhost(), exchange.name()));
    }

    @Override
    public void vhostDeleted(String vhost) {
        List.copyOf(histories.keySet()).stream()
                .filter(name -> name.vhost.equals(vhost))
                .forEach(this::forget);
    }

    private void forget(Name exchange) {
        var history = histories.remove(exchange);
        if (history != null) {
            history.forEach(stored -> bytes -= stored.length);
        }
    }

    // ---- telling ----

    private void tell(String vhost, BindingKey binding, List<byte[]> messages) {
        for (byte[] stored : messages) {
            var message = new StoredMessage().wrap(ByteBuffer.wrap(stored), 0);
            var block = ByteBuffer.wrap(stored, message.propertiesStart(), message.propertiesBytes())
                    .slice();
            var key = text(message, message.keyStart(), message.keyBytes());
            var letter = new Letter(
                    text(message, message.exchangeStart(), message.exchangeBytes()),
                    key,
                    block,
                    message,
                    message.notes());
            destinations(vhost, binding, key, letter, message)
                    .filter(to -> to.count() > 0)
                    .ifPresent(to -> bridge.publish(to, letter.properties().persistent(), letter));
        }
    }

    private Optional<Destinations> destinations(
            String vhost, BindingKey binding, String key, Letter letter, StoredMessage message) {
        if (!binding.toExchange()) {
            return catalog.queue(vhost, binding.destination())
                    .map(queue -> bridge.destinations(new int[] {queue.id()}));
        }
        var headers = headers(letter.properties());
        List<String> keys = new ArrayList<>(List.of(key));
        if (CopyKeys.of(headers) instanceof CopyKeys.Reading.Read(CopyKeys copies)) {
            keys.addAll(copies.cc());
        }
        keys.addAll(message.notes().blindCopies());
        return routers.of(vhost)
                .map(router -> bridge.destinations(
                        router.route(binding.destination(), keys, () -> headers).queueIds()));
    }

    private static FieldTable headers(MessageProperties properties) {
        try {
            return properties.headers();
        } catch (MalformedException e) {
            return FieldTable.EMPTY;
        }
    }

    private static String text(StoredMessage message, int start, int length) {
        var bytes = new byte[length];
        message.page().get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
