package io.headrace.conformance.rabbitmq;

import java.util.ArrayList;
import java.util.List;

/// Every operation, by users who may not.
final class PermissionScript {
    private final Script script;
    private final Session guest;
    private final List<String> users = new ArrayList<>();

    private PermissionScript(Script script) {
        this.script = script;
        this.guest = script.session();
    }

    static void run(Script script) {
        var part = new PermissionScript(script);
        part.logins();
        part.things();
        part.operations("nothing", "", "", "");
        part.operations("configures", "^pm\\.", "", "");
        part.operations("writes", "", "^pm\\.|^amq\\.default$", "");
        part.operations("reads", "", "", "^pm\\.");
        part.operations("configures and reads", "^pm\\.", "", "^pm\\.");
        part.operations("configures and writes", "^pm\\.", "^pm\\.", "");
        part.operations("everything but the default exchange", ".*", "^pm\\.", ".*");
        part.operations("everything", ".*", ".*", ".*");
        part.topics();
        part.forgetUsers();
    }

    /// Users are of the whole broker, which may be used again.
    private void forgetUsers() {
        users.forEach(user -> script.manage("DELETE", "users/" + user, ""));
    }

    private void user(String name, String credentials) {
        users.add(name);
        script.manage("PUT", "users/" + name, "{" + credentials + ",\"tags\":\"\"}");
    }

    private static String password(String password) {
        return "\"password\":\"" + password + "\"";
    }

    private void user(String name, String configure, String write, String read) {
        user(name, password(name));
        script.manage(
                "PUT",
                "permissions/{vhost}/" + name,
                "{\"configure\":\"%s\",\"write\":\"%s\",\"read\":\"%s\"}"
                        .formatted(escaped(configure), escaped(write), escaped(read)));
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\");
    }

    private void logins() {
        script.session("a stranger", "pm-stranger").connect();
        user("pm-outsider", password("pm-outsider"));
        script.session("an outsider", "pm-outsider").connect();
        user("pm-mute", "\"password_hash\":\"\"");
        script.session("one without a password", "pm-mute").connect();
    }

    private void things() {
        guest.queue("pm.q", "");
        guest.exchange("pm.x", "direct", "");
        guest.exchange("pm.y", "fanout", "");
    }

    private void operations(String who, String configure, String write, String read) {
        var user = "pm-" + who.replace(' ', '-');
        user(user, configure, write, read);
        try (var session = script.session(who, user)) {
            session.queue("pm.q", "");
            session.count("pm.q");
            session.queue("pm.dlx", "auto-delete", "x-dead-letter-exchange", "pm.x");
            session.queue("", "exclusive");
            session.exchange("pm.x", "direct", "");
            session.passiveExchange("pm.x");
            session.exchange("pm.z", "direct", "", "alternate-exchange", "pm.y");
            session.deleteExchange("pm.z", false);
            session.bind("pm.q", "pm.x", "key");
            session.bindExchange("pm.y", "pm.x", "key");
            session.publish("pm.x", "key", "one");
            session.publish("", "pm.q", "two");
            session.get("pm.q", true);
            session.consume("pm.q", "reader", "no-ack");
            session.purge("pm.q");
            session.unbindExchange("pm.y", "pm.x", "key");
            session.unbind("pm.q", "pm.x", "key");
            session.deleteQueue("pm.dlx", "");
            session.closeConnection();
        }
        guest.purge("pm.q");
    }

    private void topics() {
        guest.exchange("pm.topic", "topic", "");
        user("pm-topical", ".*", ".*", ".*");
        script.manage(
                "PUT",
                "topic-permissions/{vhost}/pm-topical",
                "{\"exchange\":\"pm.topic\",\"write\":\"^a\\\\.\",\"read\":\"^{username}\\\\.\"}");
        try (var session = script.session("topical", "pm-topical")) {
            session.queue("pm.topics", "");
            session.publish("pm.topic", "a.b", "allowed");
            session.publish("pm.topic", "b.a", "refused");
            session.publish("amq.topic", "b.a", "of another exchange");
            session.publish("pm.x", "b.a", "of another type");
            session.bind("pm.topics", "pm.topic", "pm-topical.#");
            session.bind("pm.topics", "pm.topic", "a.#");
            session.bindExchange("pm.y", "pm.topic", "b.#");
            session.unbind("pm.topics", "pm.topic", "a.#");
            session.deleteQueue("pm.topics", "");
        }
    }
}
