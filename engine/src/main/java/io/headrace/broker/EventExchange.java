package io.headrace.broker;

import io.headrace.broker.CatalogEvents.Actor;
import io.headrace.catalog.BindingKey;
import io.headrace.catalog.CatalogListener;
import io.headrace.catalog.CatalogOperation;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.ExchangeType;
import io.headrace.message.FieldTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The exchange `amq.rabbitmq.event`: made or taken away when the broker starts, as it is configured; counts what is
/// bound to it; publishes what is told.
///
/// Threads: the loop, before it runs the thread that recovers; what [Events] has, any.
final class EventExchange implements Events, CatalogListener {
    static final String NAME = "amq.rabbitmq.event";

    private final Engine engine;
    private final EventConfig config;
    private Actor actor = Actor.NOBODY; // who asked for what is being done
    private int bindings;
    private volatile boolean heard;
    private boolean begun; // what a start takes away is not told
    private String alarm = ""; // that was told last

    EventExchange(Engine engine, EventConfig config) {
        this.engine = engine;
        this.config = config;
    }

    /// What has to change so that the exchange is there, or is not.
    List<CatalogOperation> settle() {
        List<CatalogOperation> operations = new ArrayList<>();
        var catalog = engine.catalog();
        for (String vhost : catalog.vhosts()) {
            if (catalog.exchange(vhost, NAME).isPresent() && !(config.enabled() && vhost.equals(config.vhost()))) {
                operations.add(new CatalogOperation.RemoveExchange(vhost, NAME));
            }
        }
        if (config.enabled() && catalog.exchange(config.vhost(), NAME).isEmpty()) {
            if (!catalog.hasVhost(config.vhost())) {
                operations.add(new CatalogOperation.AddVhost(config.vhost()));
            }
            operations.add(new CatalogOperation.AddExchange(new ExchangeDefinition(
                    config.vhost(), NAME, ExchangeType.TOPIC, true, false, true, FieldTable.EMPTY)));
        }
        return operations;
    }

    /// Tells from now on, of alarms too.
    void begin(Broker.Alarms alarms) {
        begun = config.enabled();
        if (begun) {
            alarms.listen(engine.shard().loop(), () -> alarmed(alarms.reason()));
        }
    }

    private void alarmed(String now) {
        for (String source : List.of("memory", "disk")) {
            boolean was = alarm.contains(source);
            if (was != now.contains(source)) {
                tell(new Event(was ? "alarm.cleared" : "alarm.set")
                        .with("source", source)
                        .with("node", node()));
            }
        }
        alarm = now;
    }

    private String node() {
        return engine.identity().nodeName();
    }

    // ---- changes of the catalog ----

    /// Does `work` in somebody's name.
    void as(Actor who, Runnable work) {
        var before = actor;
        actor = who;
        try {
            work.run();
        } finally {
            actor = before;
        }
    }

    /// Makes a change and tells of it, if that is heard.
    void around(List<CatalogOperation> operations, Runnable change) {
        if (!begun || !heard && operations.stream().noneMatch(this::begins)) {
            change.run();
            return;
        }
        var told = CatalogEvents.of(engine.catalog(), operations, node(), actor);
        change.run();
        told.forEach(this::tell);
    }

    /// Whoever binds the first queue hears of that.
    private boolean begins(CatalogOperation operation) {
        return operation instanceof CatalogOperation.AddBinding(String vhost, BindingKey binding)
                && isOurs(vhost, binding);
    }

    private boolean isOurs(String vhost, BindingKey binding) {
        return binding.source().equals(NAME) && vhost.equals(config.vhost());
    }

    @Override
    public void bindingAdded(String vhost, BindingKey binding) {
        if (isOurs(vhost, binding)) {
            bound(bindings + 1);
        }
    }

    @Override
    public void bindingRemoved(String vhost, BindingKey binding) {
        if (isOurs(vhost, binding)) {
            bound(bindings - 1);
        }
    }

    @Override
    public void vhostDeleted(String vhost) {
        if (vhost.equals(config.vhost())) {
            bound(0);
        }
    }

    private void bound(int count) {
        bindings = count;
        heard = config.enabled() && count > 0;
    }

    // ---- telling ----

    @Override
    public boolean enabled() {
        return config.enabled();
    }

    @Override
    public boolean heard() {
        return heard;
    }

    // later: what is going on now may be in the middle of a change of queues
    @Override
    public void tell(Event event) {
        if (heard) {
            var loop = engine.shard().loop();
            long millis = loop.clock().millis();
            loop.execute(() -> publish(event, millis));
        }
    }

    private void publish(Event event, long millis) {
        if (heard) { // still
            BrokerMessage.publish(
                    engine,
                    config.vhost(),
                    NAME,
                    event.key(),
                    () -> BrokerMessage.event(
                            NAME, event.key(), event.headers(millis), TimeUnit.MILLISECONDS.toSeconds(millis)));
        }
    }
}
