package io.headrace.management;

import io.headrace.broker.AdminCommand;
import io.headrace.broker.PartitionReport;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.QueueType;
import io.headrace.catalog.StreamArguments;
import io.headrace.http.HttpResponse;
import java.util.List;

/// What RabbitMQ has for `rabbitmq-streams` alone, and not in its HTTP API.
final class StreamsApi {
    private static final String STREAM = "/api/headrace/streams/{vhost}/{queue}";

    private final Ground ground;

    StreamsApi(Ground ground) {
        this.ground = ground;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", STREAM + "/status", Rule.ADMINISTRATOR, this::status),
                new Route("PUT", STREAM + "/retention", Rule.ADMINISTRATOR, this::keep));
    }

    private QueueDefinition find(Call call) throws Problem {
        var queue = ground.catalog().queue(call.vhost(), call.path("queue")).orElseThrow(Problem::notFound);
        if (queue.type() != QueueType.STREAM) {
            throw Problem.badRequest("it is a " + queue.type().wireName() + " queue");
        }
        return queue;
    }

    /// The one replica.
    private HttpResponse status(Call call) throws Problem, InterruptedException {
        var queue = find(call);
        var topic = ground.catalog().topic(queue.vhost(), queue.name()).orElseThrow(Problem::notFound);
        List<PartitionReport> partitions =
                ground.loop().ask(() -> ground.observation().partitions(topic));
        int readers =
                ground.loop().ask(() -> ground.observation().lengths(queue)).consumers();
        var list = Json.array();
        partitions.forEach(partition -> list.addObject()
                .put("role", "writer")
                .put("node", ground.nodeName())
                .put("offset", partition.end() - 1)
                .put("committed_offset", partition.end() - 1)
                .put("first_offset", partition.start())
                .put("readers", readers)
                .put("segments", partition.segments()));
        return Listing.json(list);
    }

    /// For as long as `max-age` says, like `7D`. A policy's `max-age` still goes before it.
    private HttpResponse keep(Call call) throws Problem, InterruptedException {
        var queue = find(call);
        long millis = StreamArguments.millis(call.body().requiredText("max-age"))
                .orElseThrow(() -> Problem.badRequest("invalid_max_age"));
        ground.perform(call.caller(), new AdminCommand.KeepStream(queue.vhost(), queue.name(), millis));
        return HttpResponse.empty(204);
    }
}
