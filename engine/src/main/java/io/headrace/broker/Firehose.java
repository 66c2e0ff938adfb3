package io.headrace.broker;

import io.headrace.catalog.CatalogListener;
import io.headrace.catalog.VhostDefinition;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
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
        BrokerMessage.publish(
                engine,
                vhost,
                EXCHANGE,
                key,
                () -> BrokerMessage.copy(EXCHANGE, key, new FieldTable(headers.get()), body));
    }
}
