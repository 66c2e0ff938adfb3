package io.headrace.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.ExchangePublishes;
import io.headrace.broker.QueueDeliveries;
import io.headrace.broker.QueuePublishes;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.QueueDefinition;
import io.headrace.management.Measured.Wanted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What went between two things: from channels to exchanges, from exchanges to queues, from queues to channels.
final class Pairs {
    private final Ground ground;
    private final Observing observing;

    Pairs(Ground ground, Observing observing) {
        this.ground = ground;
        this.observing = observing;
    }

    // ---- of a channel ----

    ArrayNode publishes(Observing.Channel channel) throws Problem, InterruptedException {
        var array = Json.array();
        for (ExchangePublishes publishes : channel.report().publishes()) {
            var pair = array.addObject();
            pair.set("stats", stats(channel, publishes));
            pair.set("exchange", named(channel.connection().vhost(), publishes.exchange()));
        }
        return array;
    }

    ArrayNode deliveries(Observing.Channel channel) throws Problem, InterruptedException {
        var array = Json.array();
        for (QueueDeliveries deliveries : channel.report().deliveries()) {
            if (!deliveries.tally().isNothing()) {
                var pair = array.addObject();
                pair.set("stats", stats(channel, deliveries));
                pair.set("queue", named(channel.connection().vhost(), deliveries.queue()));
            }
        }
        return array;
    }

    // ---- of a queue ----

    ArrayNode incoming(QueueDefinition queue) throws Problem, InterruptedException {
        var array = Json.array();
        for (var found : ground.loop()
                .ask(() -> measured(queue.vhost(), ground.observation().publishesTo(queue)))) {
            var pair = array.addObject();
            pair.set("stats", published(found.measured));
            pair.set("exchange", named(queue.vhost(), found.publishes.exchange()));
        }
        return array;
    }

    ArrayNode deliveries(QueueDefinition queue) throws Problem, InterruptedException {
        var array = Json.array();
        for (var channel : channels(queue.vhost())) {
            for (QueueDeliveries deliveries : channel.report().deliveries()) {
                if (deliveries.queue().equals(queue.name())
                        && !deliveries.tally().isNothing()) {
                    var pair = array.addObject();
                    pair.set("stats", stats(channel, deliveries));
                    pair.set("channel_details", ConsumersApi.channel(ground, channel));
                }
            }
        }
        return array;
    }

    // ---- of an exchange ----

    ArrayNode incoming(ExchangeDefinition exchange) throws Problem, InterruptedException {
        var array = Json.array();
        for (var channel : channels(exchange.vhost())) {
            for (ExchangePublishes publishes : channel.report().publishes()) {
                if (publishes.exchange().equals(exchange.name())) {
                    var pair = array.addObject();
                    pair.set("stats", stats(channel, publishes));
                    pair.set("channel_details", ConsumersApi.channel(ground, channel));
                }
            }
        }
        return array;
    }

    ArrayNode outgoing(ExchangeDefinition exchange) throws Problem, InterruptedException {
        Map<Integer, String> names = new HashMap<>();
        ground.catalog().queues(exchange.vhost()).forEach(queue -> names.put(queue.id(), queue.name()));
        var array = Json.array();
        for (var found : ground.loop()
                .ask(() -> measured(exchange.vhost(), ground.observation().publishesFrom(exchange)))) {
            var name = names.get(found.publishes.queue());
            if (name != null) {
                var pair = array.addObject();
                pair.set("stats", published(found.measured));
                pair.set("queue", named(exchange.vhost(), name));
            }
        }
        return array;
    }

    private record Found(QueuePublishes publishes, Measured measured) {}

    private List<Found> measured(String vhost, List<QueuePublishes> publishes) {
        return publishes.stream()
                .map(one -> new Found(one, ground.sampler().publishes(vhost, one)))
                .toList();
    }

    private List<Observing.Channel> channels(String vhost) throws Problem, InterruptedException {
        return observing.channels(new ArrayList<>(ground.observation().connections().open().stream()
                .filter(connection -> connection.vhost().equals(vhost))
                .toList()));
    }

    private ObjectNode stats(Observing.Channel channel, ExchangePublishes publishes)
            throws Problem, InterruptedException {
        int number = channel.report().number();
        return published(ground.loop().ask(() -> ground.sampler().publishes(channel.observed(), number, publishes)));
    }

    private ObjectNode stats(Observing.Channel channel, QueueDeliveries deliveries)
            throws Problem, InterruptedException {
        int number = channel.report().number();
        return MessageStats.ofDeliveries(
                ground.loop().ask(() -> ground.sampler().deliveries(channel.observed(), number, deliveries)));
    }

    private static ObjectNode published(Measured measured) {
        var stats = Json.object();
        measured.put(stats, "publish", 0, Wanted.NONE);
        return stats;
    }

    private static ObjectNode named(String vhost, String name) {
        return Json.object().put("name", name).put("vhost", vhost);
    }
}
