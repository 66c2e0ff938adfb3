package io.headrace.conformance.rabbitmq;

import java.util.List;

/// Declares exchanges, right, wrong and again, binds them to each other, and deletes them.
final class ExchangeScript {
    private final Session session;

    private ExchangeScript(Script script) {
        session = script.session();
    }

    static void run(Script script) {
        var part = new ExchangeScript(script);
        part.declarations();
        part.alternates();
        part.builtIn();
        part.deletions();
        part.autoDelete();
        part.bindings();
    }

    private void declarations() {
        for (String type : List.of("direct", "fanout", "topic", "headers")) {
            session.exchange("x." + type, type, "durable");
            session.exchange("x." + type, type, "durable");
            session.exchange("x." + type, type.equals("direct") ? "fanout" : "direct", "durable");
            session.exchange("x." + type, type, "");
            session.exchange("x." + type, type, "durable auto-delete");
            session.exchange("x." + type, type, "durable internal");
            session.exchange("x." + type, type, "durable", "x-unheard-of", 1);
            session.passiveExchange("x." + type);
        }
        session.exchange("x.type", "none-such", "");
        session.exchange("x.type", "", "");
        session.exchange("x.type", "x-none-such", "");
        session.passiveExchange("x.none");
        session.exchange("x.line\nend", "direct", "auto-delete");
    }

    private void alternates() {
        session.exchange("x.alt", "direct", "", "alternate-exchange", "x.ae");
        session.exchange("x.alt", "direct", "", "alternate-exchange", "x.ae");
        session.exchange("x.alt", "direct", "", "alternate-exchange", "x.other");
        session.exchange("x.alt", "direct", "");
        session.exchange("x.plain", "direct", "");
        session.exchange("x.plain", "direct", "", "alternate-exchange", "x.ae");
        session.exchange("x.alt1", "direct", "", "alternate-exchange", 1);
        session.exchange("x.alt2", "direct", "", "alternate-exchange", true);
        session.exchange("x.alt3", "direct", "", "alternate-exchange", "");
    }

    private void builtIn() {
        session.exchange("", "direct", "durable");
        session.passiveExchange("");
        session.exchange("amq.mine", "direct", "");
        session.exchange("amq.direct", "direct", "durable");
        session.exchange("amq.direct", "fanout", "durable");
        session.exchange("amq.topic", "topic", "");
        for (String name : List.of("direct", "fanout", "topic", "headers", "match", "rabbitmq.trace")) {
            session.passiveExchange("amq." + name);
        }
        session.deleteExchange("", false);
        session.deleteExchange("amq.direct", false);
        session.deleteExchange("amq.none-such", false);
        session.publish("amq.rabbitmq.trace", "key", "to an internal one");
    }

    private void deletions() {
        session.deleteExchange("x.none", false);
        session.deleteExchange("x.none", true);
        session.queue("x.queue", "");
        session.bind("x.queue", "x.direct", "key");
        session.deleteExchange("x.direct", true);
        session.bindExchange("x.fanout", "x.topic", "#");
        session.deleteExchange("x.topic", true);
        session.deleteExchange("x.fanout", true);
        session.deleteExchange("x.topic", true);
        session.unbind("x.queue", "x.direct", "key");
        session.deleteExchange("x.direct", true);
        session.passiveExchange("x.direct");
        session.deleteExchange("x.headers", false);
    }

    private void autoDelete() {
        session.exchange("x.fleeting", "direct", "auto-delete");
        session.passiveExchange("x.fleeting");
        session.bind("x.queue", "x.fleeting", "a");
        session.bind("x.queue", "x.fleeting", "b");
        session.unbind("x.queue", "x.fleeting", "a");
        session.passiveExchange("x.fleeting");
        session.unbind("x.queue", "x.fleeting", "b");
        session.passiveExchange("x.fleeting");
        session.exchange("x.first", "direct", "auto-delete");
        session.exchange("x.second", "fanout", "auto-delete");
        session.bindExchange("x.second", "x.first", "key");
        session.bind("x.queue", "x.second", "");
        session.deleteQueue("x.queue", "");
        session.passiveExchange("x.second");
        session.passiveExchange("x.first");
    }

    private void bindings() {
        session.exchange("x.a", "fanout", "");
        session.exchange("x.b", "fanout", "");
        session.queue("x.end", "");
        session.bind("x.end", "x.b", "");
        session.bindExchange("x.b", "x.a", "");
        session.bindExchange("x.a", "x.b", "");
        session.publish("x.a", "", "round and round");
        session.drain("x.end", 1);
        session.bindExchange("x.a", "x.none", "");
        session.bindExchange("x.none", "x.a", "");
        session.bindExchange("", "x.a", "");
        session.bindExchange("x.a", "", "");
        session.unbindExchange("x.b", "x.a", "");
        session.unbindExchange("x.b", "x.a", "");
        session.unbindExchange("x.none", "x.a", "");
        session.publishMandatory("x.a", "", "not further than here");
        session.exchange("x.inside", "fanout", "internal");
        session.publish("x.inside", "", "refused");
        session.bind("x.end", "x.inside", "");
        session.bindExchange("x.inside", "x.a", "");
        session.publish("x.a", "", "by the way of another");
        session.drain("x.end", 1);
        for (String name : List.of("x.a", "x.b", "x.inside", "x.alt", "x.alt3", "x.plain", "x.fanout", "x.topic")) {
            session.deleteExchange(name, false);
        }
        session.deleteQueue("x.end", "");
    }
}
