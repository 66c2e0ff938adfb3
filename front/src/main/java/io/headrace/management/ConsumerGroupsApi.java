package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.http.HttpResponse;
import io.headrace.stream.group.GroupLag;
import io.headrace.stream.group.GroupLag.PartitionLag;
import java.util.Comparator;
import java.util.List;

/// Kafka's consumer groups, and how far they are behind. RabbitMQ knows no such thing.
final class ConsumerGroupsApi {
    private final Ground ground;

    ConsumerGroupsApi(Ground ground) {
        this.ground = ground;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/headrace/groups", Rule.MONITORING, this::list),
                new Route("GET", "/api/headrace/groups/{group}", Rule.MONITORING, this::one));
    }

    private HttpResponse list(Call call) throws Problem, InterruptedException {
        return Listing.list(call, groups(), GroupLag::group, Listing.each(ConsumerGroupsApi::json));
    }

    private HttpResponse one(Call call) throws Problem, InterruptedException {
        var name = call.path("group");
        for (GroupLag group : groups()) {
            if (group.group().equals(name)) {
                var json = json(group);
                var partitions = json.putArray("partitions");
                group.partitions().stream()
                        .sorted(Comparator.comparing(PartitionLag::topic).thenComparing(PartitionLag::partition))
                        .forEach(partition -> partitions
                                .addObject()
                                .put("topic", partition.topic())
                                .put("partition", partition.partition())
                                .put("committed_offset", partition.committed())
                                .put("end_offset", partition.end())
                                .put("lag", partition.lag()));
                return Listing.one(call, json);
            }
        }
        throw Problem.notFound();
    }

    private List<GroupLag> groups() throws Problem, InterruptedException {
        List<GroupLag> groups =
                ground.loop().await(answer -> ground.observation().groupLags(answer));
        return groups.stream().sorted(Comparator.comparing(GroupLag::group)).toList();
    }

    private static ObjectNode json(GroupLag group) {
        return Json.object()
                .put("name", group.group())
                .put("type", group.type())
                .put("state", group.state())
                .put("members", group.members())
                .put(
                        "lag",
                        group.partitions().stream().mapToLong(PartitionLag::lag).sum());
    }
}
