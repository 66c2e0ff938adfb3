package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.Answer;
import io.headrace.broker.Command;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.QueueType;
import io.headrace.http.HttpResponse;
import io.headrace.management.Measured.Wanted;
import io.headrace.message.FieldValue;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Queues: lists, one, declare, delete, purge.
final class QueuesApi {
    private static final String QUEUE_TYPE = "x-queue-type";

    private final Ground ground;
    private final ConsumersApi consumers;
    private final Pairs pairs;

    QueuesApi(Ground ground, ConsumersApi consumers, Pairs pairs) {
        this.pairs = pairs;
        this.ground = ground;
        this.consumers = consumers;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/queues", Rule.MANAGEMENT, this::list),
                new Route("GET", "/api/queues/detailed", Rule.MANAGEMENT, this::list),
                new Route("GET", "/api/queues/{vhost}", Rule.VHOST, this::list),
                new Route("GET", "/api/queues/{vhost}/{queue}", Rule.VHOST, this::one),
                new Route("PUT", "/api/queues/{vhost}/{queue}", Rule.VHOST, this::declare),
                new Route("DELETE", "/api/queues/{vhost}/{queue}", Rule.VHOST, this::delete),
                new Route("DELETE", "/api/queues/{vhost}/{queue}/contents", Rule.VHOST, this::purge),
                new Route("POST", "/api/queues/{vhost}/{queue}/actions", Rule.ADMINISTRATOR, this::act),
                new Route("POST", "/api/rebalance/queues", Rule.ADMINISTRATOR, call -> HttpResponse.empty(204)),
                new Route("GET", "/api/queues/quorum/{vhost}/{queue}/status", Rule.ADMINISTRATOR, this::quorumStatus));
    }

    /// How much of a queue is asked for.
    private record Detail(boolean stats, boolean totals, Wanted lengths, Wanted rates) {
        static Detail of(Call call) throws Problem {
            boolean stats = !call.query().flag("disable_stats");
            return new Detail(
                    stats,
                    stats || call.query().flag("enable_queue_totals"),
                    Wanted.of(call.query(), "lengths"),
                    Wanted.of(call.query(), "msg_rates"));
        }
    }

    private HttpResponse list(Call call) throws Problem, InterruptedException {
        List<QueueDefinition> queues = new ArrayList<>();
        for (String vhost : call.vhosts()) {
            ground.catalog()
                    .queues(vhost)
                    .sorted(Comparator.comparing(QueueDefinition::name))
                    .forEach(queues::add);
        }
        var detail = Detail.of(call);
        return Listing.list(call, queues, QueueDefinition::name, rows -> render(rows, detail));
    }

    private HttpResponse one(Call call) throws Problem, InterruptedException {
        var queue = find(call);
        var node = render(List.of(queue), Detail.of(call)).getFirst();
        node.set("consumer_details", consumers.ofQueue(queue.vhost(), queue.name()));
        node.set("incoming", pairs.incoming(queue));
        node.set("deliveries", pairs.deliveries(queue));
        return Listing.one(call, node);
    }

    private QueueDefinition find(Call call) throws Problem {
        return ground.catalog().queue(call.vhost(), call.path("queue")).orElseThrow(Problem::notFound);
    }

    private List<ObjectNode> render(List<QueueDefinition> queues, Detail detail) throws Problem, InterruptedException {
        var seen = ground.loop()
                .ask(() -> queues.stream().map(queue -> look(queue, detail)).toList());
        return seen.stream().map(look -> look.render(ground.nodeName(), detail)).toList();
    }

    // on the loop
    private Look look(QueueDefinition queue, Detail detail) {
        var catalog = ground.catalog();
        if (!detail.totals) {
            return new Look(queue, null, null, 0, Governed.of(catalog, queue));
        }
        var report = ground.observation().queue(queue);
        long age = Math.max(detail.lengths.ageMillis(), detail.rates.ageMillis());
        return new Look(
                queue,
                report,
                ground.sampler().queue(queue, report, age),
                ground.sampler().quietSinceMillis(queue),
                Governed.of(catalog, queue));
    }

    /// One queue as it was on the loop.
    private record Look(
            QueueDefinition queue,
            io.headrace.broker.QueueReport report,
            Measured measured,
            long quietSinceMillis,
            Governed governed) {
        ObjectNode render(String node, Detail detail) {
            var json = Json.object()
                    .put("name", queue.name())
                    .put("vhost", queue.vhost())
                    .put("type", queue.type().wireName())
                    .put("durable", queue.durable())
                    .put("auto_delete", queue.autoDelete())
                    .put("exclusive", queue.exclusive())
                    .put("node", node)
                    .put("state", "running");
            json.set("arguments", Json.of(queue.arguments()));
            governed.put(json);
            if (report == null) {
                return json;
            }
            measured.put(json, "messages", 0, detail.lengths);
            measured.put(json, "messages_ready", 1, detail.lengths);
            measured.put(json, "messages_unacknowledged", 2, detail.lengths);
            if (!detail.stats) {
                return json;
            }
            json.put("consumers", report.consumers())
                    .put("message_bytes", report.readyBytes() + report.unackedBytes())
                    .put("message_bytes_ready", report.readyBytes())
                    .put("message_bytes_unacknowledged", report.unackedBytes())
                    .put("consumer_capacity", report.consumerCapacity())
                    .put("consumer_utilisation", report.consumerCapacity())
                    .put("memory", report.memoryBytes());
            json.putObject("garbage_collection");
            switch (queue.type()) {
                case CLASSIC -> json.put("storage_version", 2);
                case QUORUM, STREAM -> {
                    if (queue.type() == QueueType.QUORUM) {
                        json.put("messages_delayed", report.delayed());
                    }
                    json.put("leader", node);
                    json.putArray("members").add(node);
                    json.putArray("online").add(node);
                }
            }
            if (quietSinceMillis > 0 && report.consumers() == 0) {
                json.put("idle_since", moment(quietSinceMillis));
            }
            var stats = MessageStats.of(measured, Sampler.LENGTHS, detail.rates);
            if (!stats.isEmpty()) {
                json.set("message_stats", stats);
            }
            return json;
        }
    }

    static String moment(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private HttpResponse declare(Call call) throws Problem, InterruptedException {
        var body = call.body();
        var name = call.path("queue");
        boolean there = ground.catalog().queue(call.vhost(), name).isPresent();
        var arguments = body.table("arguments");
        ground.perform(
                call.caller(),
                call.vhost(),
                new Command.DeclareQueue(
                        name,
                        false,
                        body.flag("durable", durableByDefault(call, arguments)),
                        false,
                        body.flag("auto_delete", false),
                        arguments));
        return HttpResponse.empty(there ? 204 : 201);
    }

    // As a client would: what was not said is false, but for types that know nothing else.
    private boolean durableByDefault(Call call, io.headrace.message.FieldTable arguments) {
        return arguments
                .text(QUEUE_TYPE)
                .filter(type -> !type.equals(QueueType.CLASSIC.wireName()))
                .isPresent();
    }

    private HttpResponse delete(Call call) throws Problem, InterruptedException {
        find(call);
        ground.perform(
                call.caller(),
                call.vhost(),
                new Command.DeleteQueue(
                        call.path("queue"),
                        call.query().flag("if-unused"),
                        call.query().flag("if-empty")));
        return HttpResponse.empty(204);
    }

    private HttpResponse purge(Call call) throws Problem, InterruptedException {
        find(call);
        Answer answer = ground.perform(call.caller(), call.vhost(), new Command.PurgeQueue(call.path("queue")));
        return switch (answer) {
            case Answer.Removed _, Answer.Done _ -> HttpResponse.empty(204);
            case Answer.QueueDeclared _, Answer.Refused _ ->
                throw new IllegalStateException("a purge was answered with " + answer);
        };
    }

    /// One node has nothing to synchronise.
    private HttpResponse act(Call call) throws Problem {
        find(call);
        var action = call.body().requiredText("action");
        return switch (action) {
            case "sync", "cancel_sync" -> HttpResponse.empty(204);
            default -> throw Problem.badRequest("unknown action: " + action);
        };
    }

    private HttpResponse quorumStatus(Call call) throws Problem {
        var queue = find(call);
        if (queue.type() != QueueType.QUORUM) {
            throw Problem.of(503, "service_unavailable", "classic_queue_not_supported");
        }
        Map<String, FieldValue> status = new LinkedHashMap<>();
        status.put("Node Name", FieldValue.LongString.of(ground.nodeName()));
        status.put("Raft State", FieldValue.LongString.of("leader"));
        status.put("Membership", FieldValue.LongString.of("voter"));
        var list = Json.array();
        list.add(Json.of(new io.headrace.message.FieldTable(status)));
        return Listing.json(list);
    }
}
