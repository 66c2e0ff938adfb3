package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.Answer;
import io.headrace.broker.Command;
import io.headrace.broker.Counted;
import io.headrace.broker.RefusedException;
import io.headrace.broker.Session;
import io.headrace.broker.Tally;
import io.headrace.catalog.Refusal;
import io.headrace.http.HttpResponse;
import io.headrace.message.FieldTable;
import io.headrace.message.StoredMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// Messages one by one: publish, get. For people who look and for tests; a program takes a protocol made for it.
final class MessagesApi {
    private static final int NAME_BYTES_MAX = 255;
    private static final long GET_BYTES_MAX = 16L << 20;
    private static final int GET_COUNT_MAX = 100_000;
    private static final int PEEK_COUNT_MAX = 1_000;
    private static final int PEEK_SKIP_MAX = 1_000_000;
    private static final String ALIVENESS = "aliveness-test";

    private final Ground ground;

    MessagesApi(Ground ground) {
        this.ground = ground;
    }

    List<Route> routes() {
        return List.of(
                new Route("POST", "/api/exchanges/{vhost}/{exchange}/publish", Rule.VHOST, this::publish),
                new Route("POST", "/api/queues/{vhost}/{queue}/get", Rule.VHOST, this::get),
                new Route("GET", "/api/headrace/queues/{vhost}/{queue}/messages", Rule.VHOST, this::peek),
                new Route("GET", "/api/aliveness-test/{vhost}", Rule.VHOST, this::aliveness));
    }

    // ---- publish ----

    /// What became of a publish.
    private sealed interface Published {
        record Confirmed(boolean routed) implements Published {}

        record Rejected() implements Published {}

        record Refused(Refusal refusal) implements Published {}
    }

    private record Content(byte[] properties, byte[] body) implements Session.Content {
        @Override
        public int propertiesBytes() {
            return properties.length;
        }

        @Override
        public int bodyBytes() {
            return body.length;
        }

        @Override
        public void copyProperties(ByteBuffer target, int at) {
            target.put(at, properties);
        }

        @Override
        public void copyBody(ByteBuffer target, int at) {
            target.put(at, body);
        }
    }

    private HttpResponse publish(Call call) throws Problem, InterruptedException {
        var body = call.body();
        var properties = Properties.block(body.required("properties"));
        var key = body.requiredText("routing_key");
        var payload = body.requiredText("payload");
        var bytes = decoded(payload, body.requiredText("payload_encoding"));
        boolean routed = publish(call, ExchangesApi.name(call.path("exchange")), key, new Content(properties, bytes));
        return Listing.json(Json.object().put("routed", routed));
    }

    private static byte[] decoded(String payload, String encoding) throws Problem {
        return switch (encoding) {
            case "string" -> payload.getBytes(StandardCharsets.UTF_8);
            case "base64" -> {
                try {
                    yield Base64.getDecoder().decode(payload);
                } catch (IllegalArgumentException _) {
                    throw Problem.badRequest("payload is not base64");
                }
            }
            default -> throw Problem.badRequest("unsupported_encoding: " + encoding);
        };
    }

    private boolean publish(Call call, String exchange, String key, Content content)
            throws Problem, InterruptedException {
        var exchangeBytes = exchange.getBytes(StandardCharsets.UTF_8);
        var keyBytes = key.getBytes(StandardCharsets.UTF_8);
        if (exchangeBytes.length > NAME_BYTES_MAX || keyBytes.length > NAME_BYTES_MAX) {
            throw Problem.badRequest("a name is longer than " + NAME_BYTES_MAX + " bytes");
        }
        var alarm = ground.broker().alarms().reason();
        if (!alarm.isEmpty()) {
            throw Problem.of(503, "blocked", "publishing is blocked: " + alarm);
        }
        var names = ByteBuffer.allocate(exchangeBytes.length + keyBytes.length)
                .put(exchangeBytes)
                .put(keyBytes)
                .array();
        Published published = ground.<Published>inSession(
                call.caller(),
                call.vhost(),
                (session, done) -> publish(session, names, exchangeBytes.length, keyBytes.length, content, done),
                Published.Refused::new);
        return switch (published) {
            case Published.Confirmed(boolean routed) -> routed;
            case Published.Rejected() -> throw Problem.badRequest("the message was not taken");
            // with the code in front, as RabbitMQ gives what a channel says
            case Published.Refused(Refusal.NotFound refusal) ->
                throw Problem.badRequest(
                        "404 NOT_FOUND - " + ground.words().apply(refusal).text());
            case Published.Refused(Refusal refusal) -> throw Problem.refused(refusal, ground.words());
        };
    }

    // on the loop
    private void publish(
            Session session, byte[] names, int exchange, int key, Content content, Consumer<Published> done) {
        var queues = new int[1];
        var publisher = session.publisher(new Session.Confirms() {
            @Override
            public void confirmed(long sequence, boolean multiple) {
                done.accept(new Published.Confirmed(queues[0] > 0));
            }

            @Override
            public void rejected(long sequence) {
                done.accept(new Published.Rejected());
            }
        });
        try {
            queues[0] = publisher.publish(names, exchange, key, content, 1);
            ground.observation()
                    .connections()
                    .add(Tally.build()
                            .with(Counted.PUBLISH, 1)
                            .with(Counted.PUBLISH_CONFIRM, 1)
                            .with(Counted.CONFIRM, 1)
                            .with(Counted.DROP_UNROUTABLE, queues[0] > 0 ? 0 : 1)
                            .tally());
        } catch (RefusedException refused) {
            done.accept(new Published.Refused(refused.refusal()));
        }
    }

    // ---- get ----

    private enum AckMode {
        ACK_REQUEUE_TRUE,
        ACK_REQUEUE_FALSE,
        REJECT_REQUEUE_TRUE,
        REJECT_REQUEUE_FALSE;

        static AckMode of(Body body) throws Problem {
            if (body.get("ackmode").isEmpty() && body.get("requeue").isPresent()) { // before 3.7
                return body.flag("requeue", true) ? ACK_REQUEUE_TRUE : ACK_REQUEUE_FALSE;
            }
            var text = body.requiredText("ackmode");
            for (AckMode mode : values()) {
                if (mode.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return mode;
                }
            }
            throw Problem.badRequest("invalid ackmode: " + text);
        }
    }

    private record Fetched(
            boolean redelivered,
            int attempts,
            String exchange,
            String key,
            long remaining,
            byte[] properties,
            byte[] body) {
        static Fetched of(StoredMessage message, boolean redelivered, int attempts, long remaining) {
            return new Fetched(
                    redelivered,
                    attempts,
                    text(message, message.exchangeStart(), message.exchangeBytes()),
                    text(message, message.keyStart(), message.keyBytes()),
                    remaining,
                    bytes(message, message.propertiesStart(), message.propertiesBytes()),
                    bytes(message, message.bodyStart(), message.bodyBytes()));
        }

        private static byte[] bytes(StoredMessage message, int at, int length) {
            var bytes = new byte[length];
            message.page().get(at, bytes);
            return bytes;
        }

        private static String text(StoredMessage message, int at, int length) {
            return new String(bytes(message, at, length), StandardCharsets.UTF_8);
        }

        ObjectNode json(String encoding, int truncate) {
            var json = Json.object()
                    .put("payload_bytes", body.length)
                    .put("redelivered", redelivered)
                    .put("exchange", exchange)
                    .put("routing_key", key)
                    .put("message_count", remaining);
            var object = withAttempts(Properties.json(properties));
            json.set("properties", object.isEmpty() ? Json.array() : object); // an empty list, as RabbitMQ's is
            var shown = body.length > truncate ? java.util.Arrays.copyOf(body, truncate) : body;
            var text = encoding.equals("auto") ? Json.utf8(shown) : java.util.Optional.<String>empty();
            return json.put("payload", text.orElseGet(() -> Base64.getEncoder().encodeToString(shown)))
                    .put("payload_encoding", text.isPresent() ? "string" : "base64");
        }

        /// Of a quorum queue's message that came back before, as its consumers see it.
        private ObjectNode withAttempts(ObjectNode properties) {
            if (attempts > 0) {
                properties.withObjectProperty("headers").put("x-delivery-count", attempts);
            }
            return properties;
        }
    }

    private sealed interface Got {
        record Messages(List<Fetched> messages) implements Got {}

        record Refused(Refusal refusal) implements Got {}
    }

    private HttpResponse get(Call call) throws Problem, InterruptedException {
        var body = call.body();
        var mode = AckMode.of(body);
        long count = body.integer("count").orElseThrow(() -> Problem.missingKey("count"));
        var encoding = body.requiredText("encoding");
        if (!encoding.equals("auto") && !encoding.equals("base64")) {
            throw Problem.badRequest("unsupported_encoding: " + encoding);
        }
        int truncate = Math.clamp(body.integer("truncate").orElse((long) Integer.MAX_VALUE), 0, Integer.MAX_VALUE);
        int most = Math.clamp(count, 0, GET_COUNT_MAX);
        var queue = call.path("queue");
        Got got = ground.<Got>inSession(
                call.caller(),
                call.vhost(),
                (session, done) -> new Fetching(session, queue, most, mode, done).next(),
                Got.Refused::new);
        var list = Json.array();
        messages(got).forEach(message -> list.add(message.json(encoding, truncate)));
        return Listing.json(list);
    }

    private List<Fetched> messages(Got got) throws Problem {
        return switch (got) {
            case Got.Messages(List<Fetched> messages) -> messages;
            case Got.Refused(Refusal.NotFound refusal) ->
                throw Problem.notFound(
                        "NOT_FOUND - " + ground.words().apply(refusal).text());
            case Got.Refused(Refusal refusal) -> throw Problem.refused(refusal, ground.words());
        };
    }

    /// Shows messages and leaves them where they are: `?skip=0&count=1`.
    private HttpResponse peek(Call call) throws Problem, InterruptedException {
        int skip = number(call, "skip", 0, PEEK_SKIP_MAX);
        int most = number(call, "count", 1, PEEK_COUNT_MAX);
        Got got = ground.<Got>inSession(
                call.caller(),
                call.vhost(),
                (session, done) -> session.peek(call.path("queue"), skip, most, new Viewing(done)),
                Got.Refused::new);
        var list = Json.array();
        for (Fetched message : messages(got)) {
            var json = message.json("auto", Integer.MAX_VALUE);
            json.remove("message_count");
            list.add(json);
        }
        return Listing.json(list);
    }

    private static int number(Call call, String name, int absent, int most) throws Problem {
        var text = call.query().text(name);
        if (text.isEmpty()) {
            return absent;
        }
        if (!text.get().matches("[0-9]{1,9}")) {
            throw Problem.badRequest(name + " is no number");
        }
        return Math.min(Integer.parseInt(text.get()), most);
    }

    /// Collects what a queue shows.
    ///
    /// Threads: the loop.
    private static final class Viewing implements Session.PeekPort {
        private final Consumer<Got> done;
        private final List<Fetched> messages = new ArrayList<>();
        private long bytes;

        Viewing(Consumer<Got> done) {
            this.done = done;
        }

        @Override
        public void message(StoredMessage message, boolean redelivered, int attempts) {
            bytes += message.bodyBytes();
            if (bytes <= GET_BYTES_MAX || messages.isEmpty()) {
                messages.add(Fetched.of(message, redelivered, attempts, 0));
            }
        }

        @Override
        public void done() {
            done.accept(new Got.Messages(messages));
        }

        @Override
        public void refused(Refusal refusal) {
            done.accept(new Got.Refused(refusal));
        }
    }

    /// One message after the other, then all are settled, so that none comes twice.
    ///
    /// Threads: the loop.
    private final class Fetching implements Session.GetPort {
        private record Held(Session.Lease lease, long sequence) {}

        private final Session session;
        private final String queue;
        private final int most;
        private final AckMode mode;
        private final Consumer<Got> done;
        private final List<Fetched> messages = new ArrayList<>();
        private final List<Held> held = new ArrayList<>();
        private long bytes;
        private boolean inside; // answers come within the question: a loop, not a recursion
        private boolean answered;

        Fetching(Session session, String queue, int most, AckMode mode, Consumer<Got> done) {
            this.session = session;
            this.queue = queue;
            this.most = most;
            this.mode = mode;
            this.done = done;
        }

        void next() {
            if (inside) {
                answered = true;
                return;
            }
            do {
                if (messages.size() >= most || bytes >= GET_BYTES_MAX) {
                    finish();
                    return;
                }
                inside = true;
                answered = false;
                session.get(queue, true, this);
                inside = false;
            } while (answered);
        }

        @Override
        public void message(
                Session.Lease lease,
                long sequence,
                StoredMessage message,
                boolean redelivered,
                int attempts,
                long remaining) {
            held.add(new Held(lease, sequence));
            bytes += message.bodyBytes();
            messages.add(Fetched.of(message, redelivered, attempts, remaining));
            next();
        }

        @Override
        public void empty() {
            finish();
        }

        @Override
        public void refused(Refusal refusal) {
            settle();
            done.accept(new Got.Refused(refusal));
        }

        private void finish() {
            settle();
            done.accept(new Got.Messages(messages));
        }

        private void settle() {
            for (Held one : held) {
                switch (mode) {
                    case ACK_REQUEUE_TRUE -> one.lease.release(one.sequence);
                    case REJECT_REQUEUE_TRUE -> one.lease.requeue(one.sequence);
                    case ACK_REQUEUE_FALSE -> one.lease.ack(one.sequence);
                    case REJECT_REQUEUE_FALSE -> one.lease.discard(one.sequence);
                }
            }
            ground.observation()
                    .connections()
                    .add(Tally.build()
                            .with(Counted.GET, held.size())
                            .with(Counted.ACK, mode == AckMode.ACK_REQUEUE_FALSE ? held.size() : 0)
                            .tally());
        }
    }

    // ---- the old health check ----

    private HttpResponse aliveness(Call call) throws Problem, InterruptedException {
        Answer answer = ground.perform(
                call.caller(),
                call.vhost(),
                new Command.DeclareQueue(ALIVENESS, false, false, false, false, FieldTable.EMPTY));
        if (!(answer instanceof Answer.QueueDeclared)) {
            throw new IllegalStateException("a declaration was answered with " + answer);
        }
        publish(
                call,
                "",
                ALIVENESS,
                new Content(new byte[Short.BYTES], "test_message".getBytes(StandardCharsets.UTF_8)));
        ground.<Got>inSession(
                call.caller(),
                call.vhost(),
                (session, done) -> new Fetching(session, ALIVENESS, 1, AckMode.ACK_REQUEUE_FALSE, done).next(),
                Got.Refused::new);
        return Listing.json(Json.object().put("status", "ok"));
    }
}
