package io.headrace.conformance.rabbitmq;

/// What policies make of queues and exchanges that are there, and of those that come.
final class PolicyScript {
    private final Script script;
    private final Session session;

    private PolicyScript(Script script) {
        this.script = script;
        this.session = script.session();
    }

    static void run(Script script) {
        var part = new PolicyScript(script);
        part.refused();
        part.lengths();
        part.deaths();
        part.times();
        part.waiting();
        part.precedence();
        part.operators();
        part.exchanges();
    }

    private void policy(String kind, String name, String pattern, String applyTo, int priority, String definition) {
        script.manage(
                "PUT",
                kind + "/{vhost}/" + name,
                "{\"pattern\":\"%s\",\"apply-to\":\"%s\",\"priority\":%d,\"definition\":%s}"
                        .formatted(pattern.replace("\\", "\\\\"), applyTo, priority, definition));
    }

    private void queuePolicy(String name, String pattern, int priority, String definition) {
        policy("policies", name, pattern, "queues", priority, definition);
    }

    private void clear(String name) {
        script.manage("DELETE", "policies/{vhost}/" + name, "");
    }

    private void refused() {
        queuePolicy("po-bad", ".*", 0, "{}");
        queuePolicy("po-bad", ".*", 0, "{\"none-such\":1}");
        queuePolicy("po-bad", ".*", 0, "{\"max-length\":-1}");
        queuePolicy("po-bad", ".*", 0, "{\"max-length\":\"1\"}");
        queuePolicy("po-bad", ".*", 0, "{\"message-ttl\":-1}");
        queuePolicy("po-bad", ".*", 0, "{\"expires\":0}");
        queuePolicy("po-bad", ".*", 0, "{\"overflow\":\"other\"}");
        queuePolicy("po-bad", ".*", 0, "{\"dead-letter-exchange\":1}");
        queuePolicy("po-bad", ".*", 0, "{\"delivery-limit\":-1}");
        queuePolicy("po-bad", "(", 0, "{\"max-length\":1}");
        policy("policies", "po-bad", ".*", "somethings", 0, "{\"max-length\":1}");
        policy("operator-policies", "po-bad", ".*", "queues", 0, "{\"dead-letter-exchange\":\"x\"}");
        script.manage("PUT", "policies/{vhost}/po-bad", "{\"definition\":{\"max-length\":1}}");
        script.manage("PUT", "policies/{vhost}/po-bad", "{\"pattern\":\".*\"}");
        clear("po-none");
    }

    private void lengths() {
        session.queue("po.len", "");
        for (int i = 1; i <= 4; i++) {
            session.publish("", "po.len", "message " + i);
        }
        queuePolicy("po-len", "^po\\.len$", 0, "{\"max-length\":2}");
        session.countReaches("po.len", 2);
        session.publish("", "po.len", "message 5");
        session.drain("po.len", 2);
        queuePolicy("po-len", "^po\\.len$", 0, "{\"max-length\":1,\"overflow\":\"reject-publish\"}");
        session.confirms();
        session.publish("", "po.len", "taken");
        session.publish("", "po.len", "refused");
        session.closeChannel();
        clear("po-len");
        session.publish("", "po.len", "free again");
        session.drain("po.len", 2);
        session.queue("po.len", "");
        session.queue("po.len", "", "x-max-length", 2);
    }

    private void deaths() {
        session.queue("po.dead", "");
        session.queue("po.dying", "");
        queuePolicy(
                "po-dead",
                "^po\\.dying$",
                0,
                "{\"dead-letter-exchange\":\"\",\"dead-letter-routing-key\":\"po.dead\"}");
        session.publish("", "po.dying", "by policy");
        session.get("po.dying");
        session.reject(1, false);
        session.drain("po.dead", 1);
        session.publish("", "po.dying", "no longer");
        session.get("po.dying");
        clear("po-dead");
        session.reject(2, false);
        session.countReaches("po.dying", 0);
        session.count("po.dead");
        queuePolicy("po-dead", "^po\\.dying$", 0, "{\"dead-letter-routing-key\":\"po.dead\"}");
        clear("po-dead");
    }

    private void times() {
        session.queue("po.time", "");
        session.queue("po.clock", "", "x-message-ttl", 300);
        queuePolicy("po-time", "^po\\.time$", 0, "{\"message-ttl\":20}");
        session.publish("", "po.time", "came after");
        session.countReaches("po.time", 0);
        clear("po-time");
        session.publish("", "po.time", "was here before");
        queuePolicy("po-time", "^po\\.time$", 0, "{\"message-ttl\":20}");
        session.publish("", "po.clock", "tick");
        session.countReaches("po.clock", 0);
        session.get("po.time", true);
        queuePolicy("po-time", "^po\\.time$", 0, "{\"expires\":200}");
        session.vanishes("po.time");
        session.queue("po.time", "");
        session.vanishes("po.time");
        clear("po-time");
        session.queue("po.time", "");
        session.publish("", "po.time", "stays");
        session.drain("po.time", 1);
    }

    /// Messages that came before a time to live did.
    private void waiting() {
        for (String type : new String[] {"classic", "quorum"}) {
            var before = "po.before." + type;
            var after = "po.after." + type;
            session.queue(before, "durable", "x-queue-type", type);
            session.queue(after, "durable", "x-queue-type", type);
            session.publish("", before, "came before");
            session.countReaches(before, 1);
            queuePolicy("po-waiting", "^po\\.(before|after)\\." + type + "$", 1, "{\"message-ttl\":100}");
            session.publish("", after, "came after");
            session.countReaches(after, 0);
            session.count(before);
            clear("po-waiting");
            session.drain(before, 1);
        }
    }

    private void precedence() {
        queuePolicy("po-low", "^po\\.pre", 1, "{\"max-length\":1}");
        queuePolicy("po-high", "^po\\.pre", 2, "{\"max-length\":3}");
        session.queue("po.pre", "");
        fill("po.pre", 4);
        session.drain("po.pre", 3);
        clear("po-high");
        fill("po.pre", 4);
        session.drain("po.pre", 1);
        clear("po-low");
        session.queue("po.pre.small", "", "x-max-length", 2);
        queuePolicy("po-low", "^po\\.pre", 1, "{\"max-length\":3}");
        fill("po.pre.small", 4);
        session.drain("po.pre.small", 2);
        queuePolicy("po-low", "^po\\.pre", 1, "{\"max-length\":1}");
        fill("po.pre.small", 4);
        session.drain("po.pre.small", 1);
        session.queue("po.pre.own", "", "x-overflow", "reject-publish", "x-max-length", 1);
        queuePolicy("po-low", "^po\\.pre", 1, "{\"overflow\":\"drop-head\",\"max-length\":1}");
        fill("po.pre.own", 2);
        session.drain("po.pre.own", 1);
        policy("policies", "po-low", "^po\\.pre", "exchanges", 1, "{\"alternate-exchange\":\"amq.fanout\"}");
        fill("po.pre", 2);
        session.drain("po.pre", 2);
        clear("po-low");
    }

    private void fill(String queue, int messages) {
        for (int i = 1; i <= messages; i++) {
            session.publish("", queue, "message " + i);
        }
    }

    private void operators() {
        session.queue("po.op", "");
        policy("operator-policies", "po-op", "^po\\.op$", "queues", 0, "{\"max-length\":2}");
        fill("po.op", 3);
        session.drain("po.op", 2);
        queuePolicy("po-user", "^po\\.op$", 0, "{\"max-length\":5}");
        fill("po.op", 3);
        session.drain("po.op", 2);
        queuePolicy("po-user", "^po\\.op$", 0, "{\"max-length\":1}");
        fill("po.op", 3);
        session.drain("po.op", 1);
        script.manage("DELETE", "operator-policies/{vhost}/po-op", "");
        clear("po-user");
        fill("po.op", 3);
        session.drain("po.op", 3);
    }

    private void exchanges() {
        session.queue("po.rest", "");
        session.exchange("po.ae", "fanout", "");
        session.bind("po.rest", "po.ae", "");
        session.exchange("po.x", "direct", "");
        policy("policies", "po-ae", "^po\\.x$", "exchanges", 0, "{\"alternate-exchange\":\"po.ae\"}");
        session.publishMandatory("po.x", "unknown", "by the alternate of a policy");
        session.drain("po.rest", 1);
        session.exchange("po.x", "direct", "");
        clear("po-ae");
        session.publishMandatory("po.x", "unknown", "returned again");
    }
}
