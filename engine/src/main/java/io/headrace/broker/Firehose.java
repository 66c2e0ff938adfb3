package io.headrace.broker;

import io.headrace.bridge.Destinations;
import io.headrace.catalog.CatalogListener;
import io.headrace.catalog.VhostDefinition;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.queue.Queues;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/// Copies of what is published and delivered, for whoever bound a queue to `amq.rabbitmq.trace`, in the vhosts that
/// have tracing on.
///
/// Threads: the loop; before it runs, the thread that recovers.
final class Firehose implements CatalogListener {
    static final String EXCHANGE = "amq.rabbitmq.trace";

    private final Engine engine;
    private final Map<String, Switch> byVhost = new HashMap<>();

    Firehose(Engine engine) {
        this.engine = engine;
    }

    /// Whether a vhost is traced, for those on the hot path to look at.
    static final class Switch {
        boolean on;
    }

    Switch of(String vhost) {
        return byVhost.computeIfAbsent(vhost, _ -> new Switch());
    }

    @Override
    public void vhostPut(VhostDefinition vhost) {
        of(vhost.name()).on = vhost.tracing();
    }

    @Override
    public void vhostDeleted(String vhost) {
        var gone = byVhost.remove(vhost);
        if (gone != null) {
            gone.on = false;
        }
    }

    /// Publishes a copy, if anybody wants it.
    ///
    /// @param body never written to afterwards
    void publish(String vhost, String key, Supplier<Map<String, FieldValue>> headers, byte[] body) {
        var router = engine.router(vhost);
        var first = router.route(EXCHANGE, key, () -> FieldTable.EMPTY);
        if (first.queueIds().length == 0 && !first.headersLookedAt()) {
            return;
        }
        var message = new TraceMessage(key, new FieldTable(headers.get()), body);
        var route = first.headersLookedAt() ? router.route(EXCHANGE, key, message::headers) : first;
        Destinations to = engine.bridge().destinations(route.queueIds());
        boolean fits = Queues.enqueueBytes(to.count(), message.sizeBytes())
                <= engine.shard().operationBytesMax();
        if (to.streams().length > 0) {
            engine.bridge().publish(to, false, message); // one that is too large is not traced
        } else if (to.count() > 0 && fits) { // likewise
            engine.queues().enqueue(to.queues(), false, message);
        }
    }
}
