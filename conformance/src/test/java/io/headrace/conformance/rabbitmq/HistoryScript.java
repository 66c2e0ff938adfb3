package io.headrace.conformance.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.TreeMap;

/// Exchanges of type `x-recent-history`; RabbitMQ needs its plugin for them.
final class HistoryScript {
    private static final String TYPE = "x-recent-history";
    private static final String LENGTH = "x-recent-history-length";

    private final Session session;

    private HistoryScript(Script script) {
        session = script.session();
    }

    static void run(Script script) {
        var part = new HistoryScript(script);
        part.declarations();
        part.queues();
        part.unwanted();
    }

    private void declarations() {
        for (Object length : new Object[] {"x", -1, 0, true, 5L}) {
            session.exchange("h.declared", TYPE, "", LENGTH, length);
        }
        session.exchange("h.declared", TYPE, "", LENGTH, 6);
        session.exchange("h.declared", TYPE, "");
    }

    private void queues() {
        session.exchange("h.three", TYPE, "", LENGTH, 3);
        for (int i = 0; i < 5; i++) {
            session.publish("h.three", "key " + i, "message " + i);
        }
        session.queue("h.queue", "");
        session.bind("h.queue", "h.three", "any");
        session.drain("h.queue", 3);
        session.bind("h.queue", "h.three", "any");
        session.count("h.queue");
        session.bind("h.queue", "h.three", "other");
        session.drain("h.queue", 3);
        session.publish("h.three", "key", "live");
        session.drain("h.queue", 1);
        session.exchange("h.many", TYPE, "");
        for (int i = 0; i < 22; i++) {
            session.publish("h.many", "", "message " + i);
        }
        session.queue("h.twenty", "");
        session.bind("h.twenty", "h.many", "");
        session.drain("h.twenty", 20);
        session.exchange("h.first", "fanout", "");
        session.bindExchange("h.three", "h.first", "");
        session.publish("h.first", "through another", "through another");
        session.queue("h.late", "");
        session.bind("h.late", "h.three", "");
        session.drain("h.late", 3);
    }

    private void unwanted() {
        session.exchange("h.secret", TYPE, "");
        for (Object value : new Object[] {true, false, "true", 1}) {
            var headers = new TreeMap<String, Object>();
            headers.put("x-recent-history-no-store", value);
            session.publish(
                    "h.secret",
                    "",
                    "no store " + value,
                    new BasicProperties.Builder().headers(headers).build());
        }
        session.queue("h.told", "");
        session.bind("h.told", "h.secret", "");
        session.drain("h.told", 3);
        session.deleteExchange("h.secret", false);
        session.exchange("h.secret", TYPE, "");
        session.bind("h.told", "h.secret", "");
        session.count("h.told");
    }
}
