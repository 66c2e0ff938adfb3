package io.headrace.conformance.rabbitmq;

/// Get, ack, nack, reject and recover, in and out of order.
final class SettleScript {
    private final Session session;

    private SettleScript(Script script) {
        session = script.session();
    }

    static void run(Script script) {
        for (String type : new String[] {"classic", "quorum"}) {
            var part = new SettleScript(script);
            part.gets(type);
            part.wrongTags(type);
            part.order(type);
            part.recover(type);
            part.loss(type);
        }
    }

    private String filled(String type, String name, int messages) {
        var queue = "s." + type + "." + name;
        session.queue(queue, "durable", "x-queue-type", type);
        for (int i = 1; i <= messages; i++) {
            session.publish("", queue, "message " + i);
        }
        session.countReaches(queue, messages);
        return queue;
    }

    private void gets(String type) {
        var queue = filled(type, "gets", 3);
        session.get(queue);
        session.get(queue, true);
        session.count(queue);
        session.ack(1, false);
        session.get(queue);
        session.purge(queue);
        session.get(queue);
        session.ack(3, false);
        session.get(queue);
        session.ack(0, true);
        session.ack(0, true);
        session.deleteQueue(queue, "");
    }

    private void wrongTags(String type) {
        var queue = filled(type, "tags", 2);
        session.ack(1, false);
        session.ack(7, true);
        session.ack(0, false);
        session.nack(1, false, true);
        session.nack(0, false, true);
        session.reject(1, true);
        session.get(queue);
        session.ack(1, false);
        session.ack(1, false);
        session.get(queue);
        session.reject(1, false);
        session.reject(1, false);
        session.get(queue);
        session.get(queue, true);
        session.ack(2, false);
        session.drain(queue, 0);
        session.deleteQueue(queue, "");
    }

    private void order(String type) {
        var queue = filled(type, "order", 4);
        for (int i = 0; i < 4; i++) {
            session.get(queue);
        }
        session.nack(3, false, true);
        session.countReaches(queue, 1);
        session.get(queue);
        session.reject(1, true);
        session.countReaches(queue, 1);
        session.nack(5, true, true);
        session.countReaches(queue, 4);
        if (type.equals("classic")) {
            session.drain(queue, 4);
        } else {
            session.purge(queue);
        }
        session.publish("", queue, "thrown away");
        session.get(queue);
        session.nack(0, true, false);
        session.countReaches(queue, 0);
        session.deleteQueue(queue, "");
    }

    private void recover(String type) {
        var queue = filled(type, "recover", 2);
        session.get(queue);
        session.get(queue);
        session.recover(true);
        session.countReaches(queue, 2);
        session.get(queue);
        session.ack(1, false);
        session.get(queue);
        session.ack(4, false);
        session.recover(false);
        session.recover(true);
        session.purge(queue);
        session.deleteQueue(queue, "");
    }

    private void loss(String type) {
        var queue = filled(type, "loss", 3);
        session.consume(queue, "loser", "");
        session.received("loser", 3);
        session.ack(2, false);
        session.closeChannel();
        session.countReaches(queue, 2);
        session.drain(queue, 2);
        session.publish("", queue, "held over the end of a connection");
        session.get(queue);
        session.closeConnection();
        session.countReaches(queue, 1);
        session.drain(queue, 1);
        session.deleteQueue(queue, "");
    }
}
