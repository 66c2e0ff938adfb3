package io.headrace.conformance.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.List;
import java.util.Map;

/// Which queues a message reaches, by every type of exchange.
final class RoutingScript {
    private final Session session;

    private RoutingScript(Script script) {
        session = script.session();
    }

    static void run(Script script) {
        var part = new RoutingScript(script);
        part.direct();
        part.fanout();
        part.topic();
        part.headers();
        part.alternate();
        part.copies();
    }

    private void direct() {
        session.queue("r.d", "");
        session.bind("r.d", "amq.direct", "r.key");
        session.bind("r.d", "amq.direct", "");
        for (String key : List.of("r.key", "r.KEY", "r.ke", "r.key.", "", "r.*", "r.d")) {
            session.publishMandatory("amq.direct", key, "direct");
        }
        session.publishMandatory("", "r.d", "default");
        session.publishMandatory("", "", "default");
        session.drain("r.d", 3);
    }

    private void fanout() {
        session.queue("r.f1", "");
        session.queue("r.f2", "");
        session.exchange("r.fan", "fanout", "");
        session.publishMandatory("r.fan", "key", "to none");
        session.bind("r.f1", "r.fan", "one");
        session.bind("r.f1", "r.fan", "two");
        session.bind("r.f2", "r.fan", "");
        session.publishMandatory("r.fan", "key", "to both");
        session.drain("r.f1", 1);
        session.drain("r.f2", 1);
    }

    private void topic() {
        session.queue("r.t", "");
        session.exchange("r.top", "topic", "");
        matching("*", "", "a", "a.b", ".");
        matching("#", "", "a", "a.b");
        matching("", "", "a", ".");
        matching("a.*", "a", "a.", "a.b", "a.b.c", "b.a");
        matching("a.#", "a", "a.", "a.b", "a.b.c", "ab");
        matching("#.a", "a", "b.a", ".a", "a.b");
        matching("a.#.b", "a.b", "a..b", "a.c.b", "a.c.d.b", "a.bb", "ab");
        matching("a.*.b", "a.b", "a..b", "a.c.b", "a.c.d.b");
        matching("#.#", "", "a", "a.b");
        matching("*.#", "", "a", "a.b");
        matching("#.*.#", "", "a", "a.b.c");
        matching("a*", "a*", "ab", "a");
        matching("a#", "a#", "ab", "a");
        matching("*.*", "a", "a.b", "..", ".");
        matching("a.b.c", "a.b.c", "a.b", "A.B.C");
    }

    private void matching(String pattern, String... keys) {
        session.bind("r.t", "r.top", pattern);
        for (String key : keys) {
            session.publishMandatory("r.top", key, pattern);
        }
        session.purge("r.t");
        session.unbind("r.t", "r.top", pattern);
    }

    private void headers() {
        session.queue("r.h", "");
        session.exchange("r.head", "headers", "");
        var binding = new Object[] {"a", 1, "b", "two", "x-c", true};
        for (String match : List.of("all", "any", "all-with-x", "any-with-x")) {
            matching(match, binding, Map.of());
            matching(match, binding, Map.of("a", 1));
            matching(match, binding, Map.of("a", 1L, "b", "two"));
            matching(match, binding, Map.of("a", "1", "b", "two"));
            matching(match, binding, Map.of("a", 1.0, "b", "two"));
            matching(match, binding, Map.of("a", 1, "b", "two", "x-c", true));
            matching(match, binding, Map.of("x-c", true));
            matching(match, binding, Map.of("a", 2, "b", "three", "x-c", false));
            matching(match, new Object[0], Map.of("a", 1));
            matching(match, new Object[] {"a", null}, Map.of("a", "whatever"));
            matching(match, new Object[] {"a", null}, Map.of("b", "whatever"));
        }
        session.bind("r.h", "r.head", "", "a", 5);
        session.publish("r.head", "key", "x-match is all", true, properties(Map.of("a", 5)));
        session.publishMandatory("r.head", "key", "no headers");
        session.drain("r.h", 1);
    }

    private void matching(String match, Object[] pairs, Map<String, Object> headers) {
        var arguments = new Object[pairs.length + 2];
        System.arraycopy(pairs, 0, arguments, 0, pairs.length);
        arguments[pairs.length] = "x-match";
        arguments[pairs.length + 1] = match;
        session.bind("r.h", "r.head", "ignored", arguments);
        session.publish("r.head", "", match, true, properties(headers));
        session.purge("r.h");
        session.unbind("r.h", "r.head", "ignored", arguments);
    }

    private static BasicProperties properties(Map<String, Object> headers) {
        return new BasicProperties.Builder()
                .headers(new java.util.TreeMap<>(headers))
                .build();
    }

    private void alternate() {
        session.queue("r.rest", "");
        session.exchange("r.ae", "fanout", "");
        session.bind("r.rest", "r.ae", "");
        session.exchange("r.main", "direct", "", "alternate-exchange", "r.ae");
        session.publishMandatory("r.main", "unknown", "by the alternate");
        session.drain("r.rest", 1);
        session.bind("r.f1", "r.main", "known");
        session.publishMandatory("r.main", "known", "not by the alternate");
        session.drain("r.f1", 1);
        session.count("r.rest");
        session.exchange("r.lost", "direct", "", "alternate-exchange", "r.none");
        session.publishMandatory("r.lost", "unknown", "the alternate is missing");
        session.exchange("r.loop1", "direct", "", "alternate-exchange", "r.loop2");
        session.exchange("r.loop2", "direct", "", "alternate-exchange", "r.loop1");
        session.publishMandatory("r.loop1", "unknown", "alternates in a circle");
    }

    private void copies() {
        session.publish("amq.direct", "r.key", "CC", true, properties(Map.of("CC", List.of("r.other", "r.key"))));
        session.drain("r.d", 1);
        session.publish("amq.direct", "r.none", "CC", true, properties(Map.of("CC", List.of("r.key"))));
        session.drain("r.d", 1);
        session.publish(
                "", "r.f1", "CC and BCC", true, properties(Map.of("CC", List.of("r.f2"), "BCC", List.of("r.d"))));
        session.drain("r.f1", 1);
        session.drain("r.f2", 1);
        session.drain("r.d", 1);
        session.publish("", "r.f1", "CC", false, properties(Map.of("CC", "r.f2")));
        session.publish("", "r.f1", "BCC", false, properties(Map.of("BCC", 1)));
        session.publish("", "r.f1", "CC of numbers", false, properties(Map.of("CC", List.of(1, 2))));
        session.publish("", "r.f1", "CC of none", true, properties(Map.of("CC", List.of())));
        session.drain("r.f1", 2);
    }
}
