package io.headrace.conformance.rabbitmq;

/// What only quorum queues do.
final class QuorumScript {
    private final Session session;

    private QuorumScript(Script script) {
        session = script.session();
    }

    static void run(Script script) {
        var part = new QuorumScript(script);
        part.deliveryLimit();
        part.deliveryCount();
        part.refused();
    }

    private void deliveryLimit() {
        session.queue("qq.dead", "");
        session.queue(
                "qq.limited",
                "durable",
                "x-queue-type",
                "quorum",
                "x-delivery-limit",
                2,
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                "qq.dead");
        session.publish("", "qq.limited", "three times");
        session.consume("qq.limited", "failing", "");
        for (int tag = 1; tag <= 3; tag++) {
            session.received("failing", 1);
            session.reject(tag, true);
        }
        session.drain("qq.dead", 1);
        session.count("qq.limited");
        session.cancel("failing");
        session.publish("", "qq.limited", "lost twice");
        session.get("qq.limited");
        session.closeChannel();
        session.countReaches("qq.limited", 1);
        session.get("qq.limited");
        session.closeChannel();
        session.countReaches("qq.limited", 1);
        session.get("qq.limited");
        session.closeChannel();
        session.drain("qq.dead", 1);
        session.queue("qq.once", "durable", "x-queue-type", "quorum", "x-delivery-limit", 0);
        session.publish("", "qq.once", "no second time");
        session.get("qq.once");
        session.reject(1, true);
        session.countReaches("qq.once", 0);
    }

    private void deliveryCount() {
        session.queue("qq.counted", "durable", "x-queue-type", "quorum");
        session.publish("", "qq.counted", "counted");
        session.get("qq.counted");
        session.nack(2, false, true);
        session.countReaches("qq.counted", 1);
        session.get("qq.counted");
        session.recover(true);
        session.countReaches("qq.counted", 1);
        session.get("qq.counted");
        session.closeChannel();
        session.countReaches("qq.counted", 1);
        session.drain("qq.counted", 1);
    }

    private void refused() {
        session.qos(0, 5, true);
        session.consume("qq.counted", "limited", "");
        session.closeChannel();
        session.consume("qq.counted", "only", "exclusive");
        session.consume("qq.counted", "second", "");
        session.closeChannel();
        session.consume("qq.counted", "prior", "", "x-priority", 5);
        session.closeChannel();
        session.queue("qq.stream", "durable", "x-queue-type", "stream");
        session.consume("qq.stream", "reader", "");
        session.consume("qq.stream", "reader", "no-ack");
        session.get("qq.stream");
        session.purge("qq.stream");
        session.qos(0, 10, false);
        session.consume("qq.stream", "reader", "", "x-stream-offset", "nowhere");
        session.qos(0, 10, false);
        session.consume("qq.stream", "reader", "", "x-stream-offset", true);
        session.deleteQueue("qq.stream", "");
        session.deleteQueue("qq.counted", "");
        session.deleteQueue("qq.limited", "");
    }
}
