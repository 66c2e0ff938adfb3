package io.headrace.conformance.rabbitmq;

import com.rabbitmq.client.AMQP;

/// Consumers: tags, exclusiveness, prefetch, priorities, one active of several, and their end.
final class ConsumeScript {
    private final Session session;
    private final Session other;

    private ConsumeScript(Script script) {
        session = script.session();
        other = script.session("other");
    }

    static void run(Script script) {
        var part = new ConsumeScript(script);
        part.tags();
        part.exclusive();
        part.prefetch();
        part.globalPrefetch();
        part.priorities();
        part.singleActive("classic");
        part.singleActive("quorum");
        part.cancelled();
    }

    private void fill(String queue, int messages) {
        for (int i = 1; i <= messages; i++) {
            session.publish("", queue, "message " + i);
        }
    }

    private void tags() {
        session.queue("c.q", "");
        session.consume("c.none", "t", "");
        session.consume("c.q", "", "");
        session.consume("c.q", "t", "no-ack");
        fill("c.q", 1);
        session.rpc(
                "basic.cancel of none",
                new AMQP.Basic.Cancel.Builder().consumerTag("none such").build());
        session.cancel("t");
        session.consume("c.q", "local", "no-local");
        session.consume("c.q", "high", "", "x-priority", "high");
        session.consume("c.q", "true", "", "x-priority", true);
        session.consume("c.q", "long", "", "x-priority", 3L);
        session.consume("c.q", "unheard", "", "x-unheard-of", 1);
        session.closeConnection();
        session.purge("c.q");
        session.consume("c.q", "acks", "no-ack");
        fill("c.q", 2);
        session.received("acks", 2);
        session.ack(1, false);
        session.deleteQueue("c.q", "");
    }

    private void exclusive() {
        session.queue("c.x", "");
        session.consume("c.x", "only", "exclusive");
        other.consume("c.x", "second", "");
        other.get("c.x");
        session.consume("c.x", "beside it", "");
        other.consume("c.x", "second", "");
        session.consume("c.x", "only", "exclusive");
        other.cancel("second");
        session.consume("c.x", "only", "exclusive");
        session.cancel("only");
        other.consume("c.x", "third", "");
        other.closeConnection();
        session.deleteQueue("c.x", "");
    }

    private void prefetch() {
        session.queue("c.p", "");
        session.qos(1, 0, false);
        session.qos(0, 2, false);
        session.consume("c.p", "two", "");
        fill("c.p", 5);
        session.received("two", 2);
        session.ack(1, false);
        session.received("two", 1);
        session.qos(0, 1, false);
        session.ack(3, true);
        session.received("two", 2);
        session.consume("c.p", "one", "");
        fill("c.p", 2);
        session.received("one", 1);
        session.received("two", 0);
        session.nack(4, false, true);
        session.received("two", 1);
        session.cancel("two");
        session.ack(0, true);
        session.received("one", 1);
        session.closeConnection();
        session.deleteQueue("c.p", "");
        session.queue("c.p", "");
        session.qos(0, 0, false);
        session.consume("c.p", "all", "");
        fill("c.p", 4);
        session.received("all", 4);
        session.closeConnection();
        session.deleteQueue("c.p", "");
    }

    private void globalPrefetch() {
        session.queue("c.g", "");
        session.qos(0, 3, true);
        session.consume("c.g", "first", "");
        fill("c.g", 5);
        session.received("first", 3);
        session.consume("c.g", "second", "");
        session.received("second", 0);
        session.ack(3, true);
        session.countReaches("c.g", 0);
        session.qos(0, 1, true);
        fill("c.g", 1);
        session.count("c.g");
        session.ack(0, true);
        session.countReaches("c.g", 0);
        session.closeConnection();
        session.deleteQueue("c.g", "");
    }

    private void priorities() {
        session.queue("c.pri", "");
        session.qos(0, 1, false);
        session.consume("c.pri", "low", "", "x-priority", -1);
        session.consume("c.pri", "high", "", "x-priority", 10);
        session.consume("c.pri", "none", "");
        fill("c.pri", 4);
        session.received("high", 1);
        session.received("none", 1);
        session.received("low", 1);
        session.ack(1, false);
        session.received("high", 1);
        session.closeConnection();
        session.deleteQueue("c.pri", "");
    }

    private void singleActive(String type) {
        var queue = "c.sac." + type;
        session.queue(queue, "durable", "x-queue-type", type, "x-single-active-consumer", true);
        session.consume(queue, "first", "");
        session.consume(queue, "second", "");
        other.consume(queue, "third", "");
        fill(queue, 3);
        session.received("first", 3);
        session.received("second", 0);
        other.received("third", 0);
        session.ack(1, true);
        session.cancel("first");
        fill(queue, 1);
        session.received("second", 1);
        session.closeConnection();
        other.received("third", 3);
        other.ack(3, true);
        other.closeConnection();
        session.consume(queue, "alone", "exclusive");
        session.closeConnection();
        session.deleteQueue(queue, "");
    }

    private void cancelled() {
        session.queue("c.end", "");
        session.consume("c.end", "witness", "");
        fill("c.end", 1);
        session.received("witness", 1);
        other.deleteQueue("c.end", "");
        session.received("witness", 1);
        session.ack(1, false);
        session.queue("c.end", "");
        session.consume("c.end", "keeper", "");
        fill("c.end", 2);
        session.received("keeper", 2);
        session.cancel("keeper");
        session.count("c.end");
        session.ack(1, false);
        session.closeChannel();
        session.countReaches("c.end", 2);
        session.deleteQueue("c.end", "");
    }
}
