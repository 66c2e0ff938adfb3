package io.headrace.conformance.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Why messages die, where they go, and what `x-death` says about it.
final class DeadLetterScript {
    private final Session session;
    private final String type;

    private DeadLetterScript(Script script, String type) {
        this.session = script.session();
        this.type = type;
    }

    static void run(Script script) {
        for (String type : new String[] {"classic", "quorum"}) {
            var part = new DeadLetterScript(script, type);
            part.rejected();
            part.routes();
            part.chain();
            part.retryLoop();
            part.cycles();
            part.copies();
            part.properties();
            part.sentBefore();
            part.notDeath();
        }
    }

    private String name(String what) {
        return "d." + type + "." + what;
    }

    /// A queue whose dead letters go to an exchange by a key.
    private String queue(String name, String exchange, String key, Object... arguments) {
        var table = Session.table(arguments);
        table.put("x-queue-type", type);
        table.put("x-dead-letter-exchange", exchange);
        if (!key.isEmpty()) {
            table.put("x-dead-letter-routing-key", key);
        }
        session.queue(
                name(name),
                "durable",
                table.entrySet().stream()
                        .flatMap(entry -> java.util.stream.Stream.of(entry.getKey(), entry.getValue()))
                        .toArray());
        return name(name);
    }

    private String plain(String name) {
        session.queue(name(name), "");
        return name(name);
    }

    private void rejected() {
        var dead = plain("dead");
        var queue = queue("q", "", dead);
        for (int i = 1; i <= 6; i++) {
            session.publish("", queue, "message " + i);
        }
        session.get(queue);
        session.reject(1, false);
        session.drain(dead, 1);
        session.get(queue);
        session.nack(2, false, false);
        session.drain(dead, 1);
        session.get(queue);
        session.get(queue);
        session.get(queue);
        session.nack(0, true, false);
        session.drain(dead, 3);
        session.get(queue);
        session.reject(6, true);
        session.countReaches(queue, 1);
        session.get(queue);
        session.reject(7, false);
        session.drain(dead, 1);
        session.publish("", queue, "in a transaction");
        session.get(queue);
        session.transactions();
        session.reject(8, false);
        session.rollback();
        session.count(dead);
        session.reject(8, false);
        session.commit();
        session.drain(dead, 1);
        session.closeChannel();
    }

    private void routes() {
        var one = plain("one");
        var two = plain("two");
        session.exchange(name("dlx"), "direct", "");
        session.bind(one, name("dlx"), name("own"));
        session.bind(two, name("dlx"), "key");
        var own = queue("own", name("dlx"), "");
        session.publish("", own, "keeps its key");
        dies(own);
        session.drain(one, 1);
        var keyed = queue("keyed", name("dlx"), "key");
        session.publish("", keyed, "has another key");
        dies(keyed);
        session.drain(two, 1);
        var lost = queue("lost", name("none-such"), "");
        session.publish("", lost, "for no exchange");
        dies(lost);
        session.count(lost);
        var unbound = queue("unbound", name("dlx"), "nowhere");
        session.publish("", unbound, "for no queue");
        dies(unbound);
        session.exchange(name("fan"), "fanout", "internal");
        session.bind(one, name("fan"), "");
        session.bind(two, name("fan"), "");
        var many = queue("many", name("fan"), "");
        session.publish("", many, "for two, by an internal one");
        dies(many);
        session.drain(one, 1);
        session.drain(two, 1);
        session.exchange(name("alt"), "direct", "", "alternate-exchange", name("fan"));
        var alternate = queue("alternate", name("alt"), "unknown");
        session.publish("", alternate, "by the alternate");
        dies(alternate);
        session.drain(one, 1);
        session.drain(two, 1);
        session.exchange(name("in"), "topic", "");
        session.bind(own, name("in"), "#");
        session.publish(name("in"), "a.b", "came by an exchange");
        dies(own);
        session.publish(name("in"), name("own"), "came by an exchange");
        dies(own);
        session.drain(one, 1);
    }

    /// Takes the first message and rejects it.
    private void dies(String queue) {
        session.step("the first of '" + queue + "' is rejected", answer -> {
            var got = session.channel().basicGet(queue, false);
            if (got == null) {
                answer.add("there is none");
                return;
            }
            session.channel().basicReject(got.getEnvelope().getDeliveryTag(), false);
            answer.add("'" + new String(got.getBody()) + "'");
        });
    }

    private void chain() {
        var end = plain("end");
        var third = queue("third", "", end);
        var second = queue("second", "", third, "x-message-ttl", 1);
        var first = queue("first", "", second, "x-max-length", 1);
        session.publish(
                "",
                first,
                "through three",
                new BasicProperties.Builder().expiration("50000").build());
        session.publish("", first, "pushes it out");
        session.countReaches(third, 1);
        dies(third);
        session.drain(end, 1);
        session.purge(first);
    }

    private void retryLoop() {
        var given = plain("given-up");
        session.exchange(name("retry"), "direct", "");
        session.exchange(name("again"), "direct", "");
        var work = queue("work", name("retry"), "", "x-max-length", 10);
        var waiting = queue("waiting", name("again"), "", "x-message-ttl", 1);
        session.bind(waiting, name("retry"), "job");
        session.bind(work, name("again"), "job");
        session.publish(name("again"), "job", "fails three times");
        for (int i = 0; i < 3; i++) {
            session.countReaches(work, 1);
            session.get(work);
            session.reject(1, false);
            session.countReaches(work, 1);
            session.closeChannel();
        }
        session.countReaches(work, 1);
        session.drain(work, 1);
        session.deleteQueue(given, "");
    }

    private void cycles() {
        var ping = queue("ping", "", name("pong"), "x-message-ttl", 1);
        var pong = queue("pong", "", name("ping"), "x-message-ttl", 1);
        session.publish("", ping, "no end without a rule");
        session.countReaches(ping, 0);
        session.countReaches(pong, 0);
        var self = queue("self", "", name("self"), "x-message-ttl", 20);
        session.publish("", self, "to itself by time");
        session.countReaches(self, 0);
        var again = queue("again", "", name("again"));
        session.publish("", again, "to itself by a reject");
        for (int i = 0; i < 3; i++) {
            session.countReaches(again, 1);
            dies(again);
        }
        session.drain(again, 1);
        var full = queue("full", "", name("full"), "x-max-length", 1);
        session.publish("", full, "one");
        session.publish("", full, "two");
        session.drain(full, 1);
    }

    private void copies() {
        var one = plain("copy1");
        var two = plain("copy2");
        var hidden = plain("copy3");
        var blind = plain("copy4");
        session.exchange(name("copies"), "direct", "");
        session.bind(one, name("copies"), name("copied"));
        session.bind(two, name("copies"), "cc");
        session.bind(hidden, name("copies"), "bcc");
        session.bind(blind, name("copies"), "key");
        var keyless = queue("copied", name("copies"), "");
        var headers = new TreeMap<String, Object>(Map.of("CC", List.of("cc", "nowhere"), "BCC", List.of("bcc")));
        var properties = new BasicProperties.Builder().headers(headers).build();
        session.publish("", keyless, "copied", properties);
        dies(keyless);
        session.drain(one, 1);
        session.drain(two, 1);
        session.drain(hidden, 1);
        var keyed = queue("copied-by-key", name("copies"), "key");
        session.publish("", keyed, "not copied", properties);
        dies(keyed);
        session.drain(blind, 1);
        session.count(two);
    }

    private void properties() {
        var dead = name("dead");
        var queue = name("q");
        var headers = new TreeMap<String, Object>(Map.of("mine", 1L, "list", List.of("a", 2)));
        session.publish(
                "",
                queue,
                "all properties",
                new BasicProperties(
                        "text/plain",
                        "utf-8",
                        headers,
                        2,
                        7,
                        "correlation",
                        "reply",
                        "60000",
                        "id",
                        new Date(1_700_000_000_000L),
                        "type",
                        "guest",
                        "application",
                        "cluster"));
        dies(queue);
        session.drain(dead, 1);
    }

    private void sentBefore() {
        var dead = name("dead");
        var queue = name("q");
        Map<String, Object> death = new TreeMap<>(Map.of(
                "queue", queue, "reason", "rejected", "count", 5L, "exchange", "", "routing-keys", List.of(queue)));
        death.put("time", new Date(1_600_000_000_000L));
        session.publish("", queue, "says that it died", headed("x-death", List.of(death)));
        dies(queue);
        session.drain(dead, 1);
        session.publish("", queue, "says nonsense", headed("x-death", "nonsense"));
        dies(queue);
        session.drain(dead, 1);
        session.publish("", queue, "says nothing", headed("x-death", List.of()));
        dies(queue);
        session.drain(dead, 1);
        session.publish("", queue, "says where it died first", headed("x-first-death-queue", "elsewhere"));
        dies(queue);
        session.drain(dead, 1);
    }

    private static BasicProperties headed(String key, Object value) {
        var headers = new TreeMap<String, Object>();
        headers.put(key, value);
        return new BasicProperties.Builder().headers(headers).build();
    }

    private void notDeath() {
        var dead = name("dead");
        var queue = name("q");
        session.publish("", queue, "purged");
        session.purge(queue);
        session.publish("", queue, "deleted");
        session.deleteQueue(queue, "");
        session.count(dead);
        queue("q", "", dead);
        session.publish("", queue, "held");
        session.get(queue);
        session.deleteQueue(queue, "");
        session.reject(1, false);
        session.count(dead);
    }
}
