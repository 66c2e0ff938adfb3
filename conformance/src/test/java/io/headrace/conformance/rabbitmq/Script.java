package io.headrace.conformance.rabbitmq;

import io.headrace.conformance.Endpoint;
import io.headrace.conformance.Transcript;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Uses a broker method by method, and notes what it answers under the name of the step.
///
/// A part of the script is a class with a method `run(Script)`. It finds nothing that another part made: names begin
/// with the part's own word.
///
/// Threads: one.
final class Script implements AutoCloseable {
    private final Endpoint amqp;
    private final Management management;
    private final Answers answers;
    private final Transcript transcript = new Transcript();
    private final Map<String, Integer> used = new HashMap<>();
    private final List<Session> sessions = new ArrayList<>();
    private String part = "";

    private Script(Endpoint amqp, Management management) {
        this.amqp = amqp;
        this.management = management;
        this.answers = new Answers(management.vhost());
    }

    /// Runs all of it.
    static Transcript run(Endpoint amqp, Management management) throws IOException {
        try (var script = new Script(amqp, management)) {
            script.part("queues", QueueScript::run);
            script.part("exchanges", ExchangeScript::run);
            script.part("routing", RoutingScript::run);
            script.part("publishing", PublishScript::run);
            script.part("settling", SettleScript::run);
            script.part("consuming", ConsumeScript::run);
            script.part("expiry", ExpiryScript::run);
            script.part("overflow", OverflowScript::run);
            script.part("dead letters", DeadLetterScript::run);
            script.part("priorities", PriorityScript::run);
            script.part("replies", ReplyScript::run);
            script.part("quorum", QuorumScript::run);
            script.part("wire", WireScript::run);
            script.part("permissions", PermissionScript::run);
            script.part("policies", PolicyScript::run);
            script.part("histories", HistoryScript::run);
            script.part("selectors", SelectorScript::run);
            return script.transcript;
        }
    }

    private interface Part {
        void run(Script script) throws IOException;
    }

    private void part(String name, Part steps) throws IOException {
        part = name;
        steps.run(this);
        sessions.forEach(Session::close);
        sessions.clear();
    }

    Answers answers() {
        return answers;
    }

    Endpoint amqp() {
        return amqp;
    }

    Management management() {
        return management;
    }

    Session session() {
        return session("");
    }

    /// @param who begins the names of its steps
    Session session(String who) {
        return session(who, "guest");
    }

    /// @param user whose password is the name
    Session session(String who, String user) {
        var factory = amqp.factory();
        factory.setVirtualHost(management.vhost());
        factory.setUsername(user);
        factory.setPassword(user);
        var session = new Session(this, who, factory);
        sessions.add(session);
        return session;
    }

    /// A step over the HTTP API.
    ///
    /// @param path after `/api/`; `{vhost}` stands for the vhost
    void manage(String method, String path, String body) {
        note(method + " " + path + (body.isEmpty() ? "" : " " + body), List.of(management.call(method, path, body)));
    }

    /// What is done twice has its number after its name.
    void note(String name, List<String> answer) {
        var whole = oneLine(part + ": " + name.strip());
        int times = used.merge(whole, 1, Integer::sum);
        transcript.add(
                times == 1 ? whole : whole + " (" + times + ")",
                answer.stream().map(Script::oneLine).toList());
    }

    private static String oneLine(String text) {
        return text.replace("\n", "\\n");
    }

    @Override
    public void close() {
        sessions.forEach(Session::close);
    }
}
