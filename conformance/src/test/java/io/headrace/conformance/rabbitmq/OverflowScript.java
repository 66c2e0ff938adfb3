package io.headrace.conformance.rabbitmq;

/// Queues that are full.
final class OverflowScript {
    private final Session session;
    private final String type;

    private OverflowScript(Script script, String type) {
        this.session = script.session();
        this.type = type;
    }

    static void run(Script script) {
        for (String type : new String[] {"classic", "quorum"}) {
            var part = new OverflowScript(script, type);
            part.dropHead();
            part.bytes();
            part.nothingStays();
        }
        var part = new OverflowScript(script, "classic"); // a quorum queue hears of its limit when it is over it
        part.rejectPublish("reject-publish");
        part.rejectPublish("reject-publish-dlx");
        part.severalTargets();
        part.transactions();
    }

    private String name(String what) {
        return "o." + type + "." + what;
    }

    private void queue(String name, Object... arguments) {
        session.queue(name(name + ".dead"), "");
        var table = Session.table(arguments);
        table.put("x-queue-type", type);
        table.put("x-dead-letter-exchange", "");
        table.put("x-dead-letter-routing-key", name(name + ".dead"));
        session.queue(
                name(name),
                "durable",
                table.entrySet().stream()
                        .flatMap(entry -> java.util.stream.Stream.of(entry.getKey(), entry.getValue()))
                        .toArray());
    }

    private void fill(String name, int messages) {
        for (int i = 1; i <= messages; i++) {
            session.publish("", name(name), "message " + i);
        }
    }

    private void dropHead() {
        queue("drop", "x-max-length", 2);
        fill("drop", 4);
        session.drain(name("drop.dead"), 2);
        session.drain(name("drop"), 2);
        fill("drop", 2);
        session.get(name("drop"));
        fill("drop", 1);
        session.countReaches(name("drop"), 2);
        session.count(name("drop.dead"));
        session.nack(1, false, true);
        session.drain(name("drop.dead"), 1);
        session.drain(name("drop"), 2);
        session.queue(name("quiet"), "durable", "x-queue-type", type, "x-max-length", 1, "x-overflow", "drop-head");
        session.confirms();
        fill("quiet", 3);
        session.drain(name("quiet"), 1);
        session.closeChannel();
    }

    private void bytes() {
        queue("bytes", "x-max-length-bytes", 10);
        session.publish("", name("bytes"), "12345");
        session.publish("", name("bytes"), "67890");
        session.countReaches(name("bytes"), 2);
        session.publish("", name("bytes"), "1");
        session.drain(name("bytes.dead"), 1);
        session.publish("", name("bytes"), "more than all that is allowed");
        session.drain(name("bytes.dead"), 3);
        session.drain(name("bytes"), 0);
        queue("both", "x-max-length-bytes", 10, "x-max-length", 2);
        session.publish("", name("both"), "1");
        session.publish("", name("both"), "2");
        session.publish("", name("both"), "3");
        session.drain(name("both.dead"), 1);
        session.publish("", name("both"), "1234567890");
        session.drain(name("both.dead"), 2);
        session.drain(name("both"), 1);
    }

    private void nothingStays() {
        queue("none", "x-max-length", 0);
        session.publish("", name("none"), "for nobody");
        session.drain(name("none.dead"), 1);
        session.consume(name("none"), "waiting", "no-ack");
        session.publish("", name("none"), "for somebody");
        session.received("waiting", 1);
        session.cancel("waiting");
    }

    private void rejectPublish(String overflow) {
        var queue = overflow.equals("reject-publish") ? "reject" : "reject.dlx";
        queue(queue, "x-max-length", 1, "x-overflow", overflow);
        fill(queue, 2);
        session.count(name(queue));
        session.confirms();
        fill(queue, 2);
        session.publishMandatory("", name(queue), "refused, not returned");
        session.get(name(queue));
        fill(queue, 1);
        session.nack(1, false, true);
        session.count(name(queue));
        session.drain(name(queue), 2);
        fill(queue, 1);
        session.countReaches(name(queue), 1);
        session.closeChannel();
        session.drain(name(queue + ".dead"), overflow.equals("reject-publish") ? 0 : 4);
        queue(queue + ".bytes", "x-max-length-bytes", 5, "x-overflow", overflow);
        session.confirms();
        session.publish("", name(queue + ".bytes"), "1234");
        session.publish("", name(queue + ".bytes"), "56789");
        session.publish("", name(queue + ".bytes"), "0");
        session.drain(name(queue + ".bytes"), 2);
        session.publish("", name(queue + ".bytes"), "longer than is allowed");
        session.publish("", name(queue + ".bytes"), "late");
        session.closeChannel();
    }

    private void severalTargets() {
        session.exchange("o.fan", "fanout", "");
        session.queue("o.full", "", "x-max-length", 1, "x-overflow", "reject-publish");
        session.queue("o.free", "");
        session.bind("o.full", "o.fan", "");
        session.bind("o.free", "o.fan", "");
        session.confirms();
        session.publish("o.fan", "", "to both");
        session.publish("o.fan", "", "to one");
        session.count("o.full");
        session.drain("o.free", 2);
        session.closeChannel();
    }

    private void transactions() {
        session.transactions();
        session.publish("", "o.full", "refused");
        session.commit();
        session.count("o.full");
    }
}
