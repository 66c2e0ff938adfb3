package io.headrace.conformance.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.impl.LongStringHelper;
import java.math.BigDecimal;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a message carries, what is refused, confirms and transactions.
final class PublishScript {
    private final Session session;

    private PublishScript(Script script) {
        session = script.session();
    }

    static void run(Script script) {
        var part = new PublishScript(script);
        part.properties();
        part.refused();
        part.expirations();
        part.confirms();
        part.transactions();
        part.modes();
    }

    private void properties() {
        session.queue("p.q", "");
        var all = new BasicProperties(
                "text/plain",
                "utf-8",
                fields(),
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
                "cluster");
        session.publish("", "p.q", "all properties", all);
        session.get("p.q", true);
        session.publish("", "p.q", "", new BasicProperties());
        session.get("p.q", true);
        session.publish("", "p.q", "x".repeat(300_000));
        session.get("p.q", true);
        session.publish(
                "",
                "p.q",
                "no headers",
                new BasicProperties.Builder().headers(Map.of()).build());
        session.get("p.q", true);
        session.publish(
                "",
                "p.q",
                "delivery mode 1",
                new BasicProperties.Builder().deliveryMode(1).build());
        session.get("p.q", true);
        session.publish(
                "",
                "p.q",
                "priority 255",
                new BasicProperties.Builder().priority(255).build());
        session.get("p.q", true);
        session.publish(
                "",
                "p.q",
                "delivery mode 3",
                new BasicProperties.Builder().deliveryMode(3).build());
        session.get("p.q", true);
    }

    /// One of each type that the client can write.
    private static Map<String, Object> fields() {
        var fields = new TreeMap<String, Object>();
        fields.put("string", "text");
        fields.put("long string", LongStringHelper.asLongString("a longer text"));
        fields.put("int", 1);
        fields.put("long", 1L << 40);
        fields.put("short", (short) -2);
        fields.put("byte", (byte) -3);
        fields.put("boolean", true);
        fields.put("double", 0.5);
        fields.put("float", 0.25f);
        fields.put("decimal", new BigDecimal("12.34"));
        fields.put("time", new Date(1_600_000_000_000L));
        fields.put("bytes", new byte[] {1, 2, 3});
        fields.put("void", null);
        fields.put("list", List.of(1, "two", List.of(3L)));
        fields.put("table", Map.of("inner", Map.of("value", 1)));
        fields.put("empty list", List.of());
        fields.put("empty table", Map.of());
        fields.put("", "an empty name");
        return fields;
    }

    private void refused() {
        session.publish("p.none", "key", "no exchange");
        session.publishMandatory("", "p.none", "no queue");
        session.publish("", "p.none", "no queue");
        session.publish(
                "",
                "p.q",
                "somebody else",
                new BasicProperties.Builder().userId("root").build());
        session.publish(
                "", "p.q", "nobody", new BasicProperties.Builder().userId("").build());
        session.publish(
                "",
                "p.q",
                "myself",
                new BasicProperties.Builder().userId("guest").build());
        session.step("basic.publish immediate", answer -> {
            session.channel().basicPublish("", "p.q", false, true, null, "at once".getBytes());
            answer.add(
                    String.valueOf(session.channel().queueDeclarePassive("p.q").getMessageCount()));
        });
        session.purge("p.q");
    }

    private void expirations() {
        for (String text : List.of("", "abc", "-1", "1.5", " 1000", "1000 ", "+1000", "01000", "1e3", "60000", "0")) {
            expiration(text);
        }
        expiration("4294967295");
        expiration("4294967296");
        expiration("315360000000");
        expiration("315360000001");
        expiration("99999999999999999999");
    }

    private void expiration(String text) {
        session.publish(
                "",
                "p.q",
                "expiring",
                new BasicProperties.Builder().expiration(text).build());
        session.get("p.q", true);
    }

    private void confirms() {
        session.confirms();
        session.confirms();
        session.publish("", "p.q", "confirmed");
        session.publishMandatory("", "p.none", "returned, then confirmed");
        session.publish("", "p.none", "unroutable, confirmed");
        session.publish("amq.fanout", "", "to no queue");
        session.publish(
                "",
                "p.q",
                "persistent",
                new BasicProperties.Builder().deliveryMode(2).build());
        session.publish("p.none", "key", "no exchange");
        session.drain("p.q", 2);
        session.confirms();
        session.transactions();
        session.confirms();
        session.publish("", "p.q", "numbers begin at one");
        session.commit();
        session.confirms();
        session.rollback();
        session.purge("p.q");
    }

    private void transactions() {
        session.commit();
        session.rollback();
        session.transactions();
        session.transactions();
        session.confirms();
        session.transactions();
        session.publish("", "p.q", "held");
        session.count("p.q");
        session.commit();
        session.count("p.q");
        session.publish("", "p.q", "dropped");
        session.rollback();
        session.count("p.q");
        session.publishMandatory("", "p.none", "returned at the commit");
        session.commit();
        session.get("p.q");
        session.ack(1, false);
        session.rollback();
        session.ack(1, false);
        session.commit();
        session.ack(1, false);
        session.commit();
        session.count("p.q");
        session.transactions();
        session.publish("", "p.q", "requeued in a transaction");
        session.commit();
        session.get("p.q");
        session.nack(1, false, true);
        session.count("p.q");
        session.commit();
        session.countReaches("p.q", 1);
        session.commit();
        session.publish("p.none", "key", "no exchange");
        session.commit();
        session.transactions();
        session.publish("", "p.q", "gone with the channel");
        session.closeChannel();
        session.drain("p.q", 1);
    }

    private void modes() {
        session.queue("p.deleted", "");
        session.confirms();
        session.deleteQueue("p.deleted", "");
        session.publish("", "p.deleted", "to a queue that was");
        session.closeChannel();
        session.deleteQueue("p.q", "");
    }
}
