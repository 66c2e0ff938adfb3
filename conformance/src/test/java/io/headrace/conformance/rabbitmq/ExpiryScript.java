package io.headrace.conformance.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;

/// Messages and queues whose time is over.
final class ExpiryScript {
    private final Session session;

    private ExpiryScript(Script script) {
        session = script.session();
    }

    static void run(Script script) {
        for (String type : new String[] {"classic", "quorum"}) {
            new ExpiryScript(script).messages(type);
        }
        new ExpiryScript(script).queues();
    }

    private void messages(String type) {
        var dead = "e." + type + ".dead";
        session.queue(dead, "");
        var queue = queue(type, "ttl", dead, 100);
        session.publish("", queue, "by the queue");
        session.drain(dead, 1);
        session.count(queue);
        session.publish("", queue, "by itself, sooner", expiring("1"));
        session.drain(dead, 1);
        session.publish("", queue, "by the queue, sooner", expiring("60000"));
        session.drain(dead, 1);
        session.publish("", queue, "held");
        session.get(queue);
        timePasses(type);
        session.count(dead);
        session.nack(1, false, true);
        session.drain(dead, 1);
        session.publish("", queue, "held and taken");
        session.get(queue);
        timePasses(type);
        session.ack(2, false);
        session.count(dead);

        var none = queue(type, "zero", dead, 0);
        session.publish("", none, "too late");
        session.drain(dead, 1);
        session.publishMandatory("", none, "too late, but not unroutable");
        session.drain(dead, 1);
        session.consume(none, "waiting", "");
        session.publish("", none, "just in time");
        session.received("waiting", 1);
        session.ack(3, false);
        session.cancel("waiting");

        var plain = queue(type, "plain", dead, 60_000);
        session.publish("", plain, "expires at once", expiring("0"));
        session.drain(dead, 1);
        session.publish("", plain, "stays");
        session.publish("", plain, "expires behind another", expiring("500"));
        session.publish("", plain, "stays, too");
        session.get(plain, true);
        session.drain(dead, 1);
        session.drain(plain, 1);
        session.publish(
                "",
                plain,
                "was marked",
                new BasicProperties.Builder()
                        .expiration("1")
                        .deliveryMode(2)
                        .priority(3)
                        .correlationId("c")
                        .build());
        session.drain(dead, 1);

        session.queue("e." + type + ".quiet", "durable", "x-queue-type", type, "x-message-ttl", 1);
        session.publish("", "e." + type + ".quiet", "without a trace");
        session.countReaches("e." + type + ".quiet", 0);
    }

    private String queue(String type, String name, String dead, int ttlMillis) {
        var queue = "e." + type + "." + name;
        session.queue(
                queue,
                "durable",
                "x-queue-type",
                type,
                "x-message-ttl",
                ttlMillis,
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                dead);
        return queue;
    }

    private static BasicProperties expiring(String millis) {
        return new BasicProperties.Builder().expiration(millis).build();
    }

    /// As long as a message of another queue lives.
    private void timePasses(String type) {
        var clock = "e." + type + ".clock";
        session.queue(clock, "durable", "x-queue-type", type, "x-message-ttl", 300);
        session.publish("", clock, "tick");
        session.countReaches(clock, 0);
    }

    private void queues() {
        session.queue("e.dead", "");
        session.queue("e.q", "", "x-expires", 200, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "e.dead");
        session.publish("", "e.q", "gone with the queue");
        session.vanishes("e.q");
        session.count("e.dead");
        session.queue("e.used", "", "x-expires", 200);
        session.consume("e.used", "user", "");
        timePasses("classic");
        session.count("e.used");
        session.cancel("user");
        session.vanishes("e.used");
        session.publish("", "e.used", "to none");
    }
}
