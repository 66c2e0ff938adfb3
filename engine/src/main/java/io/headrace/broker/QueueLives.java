package io.headrace.broker;

import io.headrace.bridge.Bridge;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogListener;
import io.headrace.catalog.Decision;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.QueueType;
import io.headrace.queue.Queue;
import io.headrace.queue.QueueConfig;
import io.headrace.queue.QueueTraits;
import io.headrace.queue.Queues;
import io.headrace.shard.Loop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/// Makes the queues that the catalog has, with the traits that hold for them, and decides that some go by themselves:
/// those without consumers and those without use.
///
/// Threads: the loop; before it runs, the thread that recovers.
final class QueueLives implements CatalogListener {
    private static final Logger LOG = System.getLogger(QueueLives.class.getName());
    /// A delivery limit that was reached is told of at most so often.
    private static final long LIMIT_TOLD_MILLIS = 60_000;

    private final Loop loop;
    private final Catalog catalog;
    private final Queues queues;
    private final Bridge bridge;
    private final QueueConfig config;
    private final Consumer<Decision<?>> carryOut;
    private final UnusedQueues unused;
    private long limitToldMillis;
    private boolean live; // recovery is over

    /// @param carryOut logs and applies what was decided
    QueueLives(
            Loop loop,
            Catalog catalog,
            Queues queues,
            Bridge bridge,
            QueueConfig config,
            Consumer<Decision<?>> carryOut) {
        this.loop = loop;
        this.catalog = catalog;
        this.queues = queues;
        this.bridge = bridge;
        this.config = config;
        this.carryOut = carryOut;
        this.unused = new UnusedQueues(loop, this::deleteUnused);
        queues.onUnsubscribed(this::unsubscribed);
        queues.onDeliveryLimit(this::deliveryLimitReached);
    }

    /// Recovery is over: what a deletion drops is logged from now on.
    void recovered() {
        live = true;
    }

    /// On the loop: the time without use begins.
    void start() {
        queues.start();
        queues.forEach(unused::watch);
    }

    /// Somebody fetched from a queue or declared it again.
    void used(Queue queue) {
        unused.used(queue);
    }

    /// Messages that a delayed exchange holds back.
    long delayed(ExchangeDefinition exchange) {
        return catalog.delaying(exchange)
                .map(queue -> queues.byId(queue.id()).ready())
                .orElse(0L);
    }

    @Override
    public void queueCreated(QueueDefinition queue) {
        switch (queue.type()) {
            case CLASSIC, QUORUM -> {
                var created =
                        queues.create(queue.id(), queue.durable(), queue.type() == QueueType.QUORUM, traits(queue));
                if (live) {
                    unused.watch(created);
                }
            }
            case STREAM -> bridge.create(queue);
        }
    }

    @Override
    public void queueGoverned(QueueDefinition queue) {
        var governed = queues.byId(queue.id());
        if (governed != null) {
            governed.govern(traits(queue));
            unused.watch(governed);
        }
    }

    @Override
    public void queueDeleted(QueueDefinition queue) {
        var deleted = queues.byId(queue.id());
        if (deleted != null) {
            unused.forget(deleted);
        }
        if (deleted != null && live) {
            queues.delete(deleted);
        } else if (deleted != null) {
            queues.forget(deleted);
        }
        bridge.delete(queue);
    }

    private QueueTraits traits(QueueDefinition queue) {
        return queue.hidden()
                ? QueueTraits.delaying(queue.delayedExchange())
                : QueueTraits.of(catalog.effective(queue), queue.type() == QueueType.QUORUM, config.deliveryLimit());
    }

    private void unsubscribed(Queue queue) {
        unused.used(queue);
        if (queue.subscribers() == 0 && !queue.gone()) {
            catalog.queue(queue.id()).filter(QueueDefinition::autoDelete).ifPresent(this::delete);
        }
    }

    private void deleteUnused(Queue queue) {
        catalog.queue(queue.id()).ifPresent(this::delete);
    }

    private void delete(QueueDefinition queue) {
        carryOut.accept(catalog.decideDeleteQueue(queue.vhost(), queue.name(), queue.exclusiveOwner()));
    }

    // a message that comes back for ever would say so for ever
    private void deliveryLimitReached(Queue queue) {
        long now = loop.clock().millis();
        if (now - limitToldMillis < LIMIT_TOLD_MILLIS) {
            return;
        }
        limitToldMillis = now;
        catalog.queue(queue.id()).ifPresent(definition -> LOG.log(Level.WARNING, limitReached(definition, queue)));
    }

    private static String limitReached(QueueDefinition definition, Queue queue) {
        return ("queue '%s' in vhost '%s': a message came back more often than its delivery limit of %d allows and is"
                        + " %s. Look at why its consumers refuse it. For a minute nothing is said of others.")
                .formatted(
                        definition.name(),
                        definition.vhost(),
                        queue.traits().deliveryLimit(),
                        queue.traits().deadLetter().isPresent() ? "dead-lettered" : "dropped");
    }
}
