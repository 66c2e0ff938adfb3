package io.headrace.server;

import io.headrace.amqp.AmqpProtocol;
import io.headrace.broker.Maintenance;
import io.headrace.broker.NodeView.Door;
import io.headrace.http.HttpLimits;
import io.headrace.http.HttpListener;
import io.headrace.http.HttpService;
import io.headrace.kafka.KafkaProtocol;
import io.headrace.metrics.MetricsConfig;
import io.headrace.net.EventLoops;
import io.headrace.net.Listener;
import io.headrace.net.ListenerConfig;
import io.headrace.net.Protocol;
import io.headrace.net.Tls;
import io.headrace.net.TlsConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/// The open ports: those of clients, which may be drained, and those of operators.
///
/// Threads: any may ask, drain and revive; one opens and closes.
final class Listeners implements Maintenance, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Listeners.class.getName());
    private static final String DRAINED = "Node was put into maintenance mode"; // RabbitMQ's words

    private final EventLoops loops;
    private final AmqpProtocol amqp;
    private final KafkaProtocol kafka;
    private final List<Listener> ofClients = new CopyOnWriteArrayList<>();
    private final List<Listener> all = new CopyOnWriteArrayList<>();
    private final List<HttpListener> http = new ArrayList<>();
    private final List<Tls> secrets = new ArrayList<>();
    private final List<Door> doors = new CopyOnWriteArrayList<>();
    private volatile boolean drained; // set under the lock
    private boolean closed; // under the lock

    Listeners(EventLoops loops, AmqpProtocol amqp, KafkaProtocol kafka) {
        this.loops = loops;
        this.amqp = amqp;
        this.kafka = kafka;
    }

    // ---- opening, one thread ----

    /// @param metrics made only if somebody can ask for them
    void open(HeadraceConfig config, HttpService management, Supplier<HttpService> metrics) throws IOException {
        if (config.amqpListener().isPresent()) {
            forClients(amqp, config.amqpListener().get(), Optional.empty());
        }
        if (config.tls().isPresent()) {
            forClients(amqp, config.amqpsListener(), config.tls());
        }
        if (config.kafkaListener().isPresent()) {
            forClients(kafka, config.kafkaListener().get(), Optional.empty());
        }
        if (config.kafkaTls().isPresent()) {
            forClients(kafka, config.kafkasListener(), config.kafkaTls());
        }
        var api = config.management(); // late: whoever waits for the broker waits for queues
        if (api.listener().isPresent()) {
            forHttp(api.listener().get(), api.limits(), management, "http", Optional.empty());
        }
        if (api.secure().isPresent()) {
            var secure = api.secure().get();
            forHttp(secure.listener(), api.limits(), management, "https", Optional.of(secure.tls()));
        }
        if (config.metrics().enabled()) {
            openMetrics(config.metrics(), metrics.get());
        }
    }

    private void openMetrics(MetricsConfig scraped, HttpService metrics) throws IOException {
        if (scraped.listener().isPresent()) {
            forHttp(scraped.listener().get(), scraped.limits(), metrics, "http/prometheus", Optional.empty());
        }
        if (scraped.secure().isPresent()) {
            var secure = scraped.secure().get();
            forHttp(secure.listener(), scraped.limits(), metrics, "https/prometheus", Optional.of(secure.tls()));
        }
    }

    private void forClients(Protocol protocol, ListenerConfig config, Optional<TlsConfig> tls) throws IOException {
        var listener = Listener.open(config, loops, List.of(protocol), secret(tls));
        ofClients.add(listener);
        add(listener, tls.isPresent() ? protocol.name() + "/ssl" : protocol.name(), tls);
    }

    private void forHttp(
            ListenerConfig config, HttpLimits limits, HttpService service, String protocol, Optional<TlsConfig> tls)
            throws IOException {
        http.add(HttpListener.open(config, limits, loops, service, secret(tls)));
        add(http.getLast().listener(), protocol, tls);
    }

    private Optional<Tls> secret(Optional<TlsConfig> config) throws IOException {
        if (config.isEmpty()) {
            return Optional.empty();
        }
        secrets.add(Tls.open(config.get(), loops.engine()));
        return Optional.of(secrets.getLast());
    }

    private void add(Listener listener, String protocol, Optional<TlsConfig> tls) {
        all.add(listener);
        doors.add(new Door(protocol, listener.host(), listener.port(), tls.isPresent()));
    }

    // ---- what there is ----

    /// Those of a drained broker, too, as RabbitMQ has it.
    List<Door> doors() {
        return doors;
    }

    /// Like `amqp on 127.0.0.1:5672`, with the ports that were really taken.
    List<String> shown() {
        return all.stream()
                .map(listener -> listener.name() + " on " + listener.host() + ":" + listener.port())
                .toList();
    }

    // ---- maintenance ----

    @Override
    public boolean drained() {
        return drained;
    }

    @Override
    public synchronized void drain() {
        if (drained || closed) {
            return;
        }
        drained = true;
        empty();
        LOG.log(
                System.Logger.Level.WARNING,
                "drained: clients are told to go, and none is let in until the broker is revived"
                        + " (rabbitmq-upgrade revive) or started again");
    }

    @Override
    public synchronized void revive() throws IOException {
        if (!drained || closed) {
            return;
        }
        amqp.revive(); // before the first can come
        kafka.revive();
        boolean all = false;
        try {
            for (Listener listener : ofClients) {
                listener.resume();
            }
            all = true;
        } finally {
            if (!all) {
                empty();
            }
        }
        drained = false;
        LOG.log(System.Logger.Level.INFO, "revived: clients are let in again");
    }

    private void empty() {
        ofClients.forEach(Listener::suspend);
        amqp.drain(DRAINED);
        kafka.drain();
    }

    /// Accepts nobody any more. Connections of clients stay for whoever says goodbye to them.
    @Override
    public synchronized void close() {
        closed = true;
        all.forEach(Listener::close);
        http.forEach(HttpListener::close);
        secrets.forEach(Tls::close);
    }
}
