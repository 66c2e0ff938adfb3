package io.headrace.conformance.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;

/// Classic queues with `x-max-priority`.
final class PriorityScript {
    private final Session session;

    private PriorityScript(Script script) {
        session = script.session();
    }

    static void run(Script script) {
        var part = new PriorityScript(script);
        part.order();
        part.requeue();
        part.limits();
        part.expiry();
        part.without();
        part.quorum();
    }

    private void publish(String queue, int priority) {
        session.publish(
                "",
                queue,
                "priority " + priority,
                new BasicProperties.Builder().priority(priority).build());
    }

    private void order() {
        session.queue("pr.five", "", "x-max-priority", 5);
        for (int priority : new int[] {1, 5, 0, 9, 3, 255, 1}) {
            publish("pr.five", priority);
        }
        session.publish("", "pr.five", "no priority");
        session.drain("pr.five", 8);
        session.queue("pr.many", "", "x-max-priority", 255);
        for (int priority : new int[] {1, 254, 255, 0, 128}) {
            publish("pr.many", priority);
        }
        session.drain("pr.many", 5);
        session.queue("pr.zero", "", "x-max-priority", 0);
        publish("pr.zero", 0);
        publish("pr.zero", 3);
        session.drain("pr.zero", 2);
        session.qos(0, 1, false);
        session.consume("pr.five", "worker", "");
        publish("pr.five", 0);
        session.received("worker", 1);
        publish("pr.five", 1);
        publish("pr.five", 2);
        publish("pr.five", 1);
        session.ack(1, false);
        session.received("worker", 1);
        session.ack(2, false);
        session.received("worker", 1);
        session.closeChannel();
        session.countReaches("pr.five", 2);
        session.purge("pr.five");
    }

    private void requeue() {
        for (int priority : new int[] {1, 2, 2, 3}) {
            publish("pr.five", priority);
        }
        session.get("pr.five");
        session.get("pr.five");
        session.nack(2, true, true);
        session.countReaches("pr.five", 4);
        session.drain("pr.five", 4);
    }

    private void limits() {
        session.queue("pr.dead", "");
        session.queue(
                "pr.small",
                "",
                "x-max-priority",
                5,
                "x-max-length",
                2,
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                "pr.dead");
        publish("pr.small", 1);
        publish("pr.small", 5);
        publish("pr.small", 2);
        session.drain("pr.dead", 1);
        session.drain("pr.small", 2);
    }

    private void expiry() {
        session.queue(
                "pr.short",
                "",
                "x-max-priority",
                5,
                "x-message-ttl",
                50,
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                "pr.dead");
        publish("pr.short", 1);
        session.drain("pr.dead", 1);
        session.publish(
                "",
                "pr.five",
                "soon over",
                new BasicProperties.Builder().priority(5).expiration("1").build());
        session.countReaches("pr.five", 0);
    }

    private void quorum() {
        session.queue("pr.quorum", "durable", "x-queue-type", "quorum");
        session.confirms();
        for (int priority : new int[] {4, 0, 3, 5, 9, 255, 6}) {
            publish("pr.quorum", priority);
        }
        session.publish("", "pr.quorum", "no priority");
        session.drain("pr.quorum", 8);
        session.closeChannel();
    }

    private void without() {
        session.queue("pr.none", "");
        publish("pr.none", 1);
        publish("pr.none", 5);
        session.drain("pr.none", 2);
        session.queue("pr.five", "", "x-max-priority", 6);
        session.queue("pr.five", "");
    }
}
