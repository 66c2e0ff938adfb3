package io.headrace.stream.group;

import io.headrace.catalog.Catalog;
import io.headrace.stream.Partition;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.util.PartitionMetadataClient;

/// Tells the coordinator where partitions end, by which it knows the lag of a share group (KIP-1226).
///
/// Threads: any; the loop is asked.
final class LatestOffsets implements PartitionMetadataClient {
    private static final long NO_OFFSET = -1;

    private final Catalog catalog;
    private final String vhost;
    private final GroupTopics topics;
    private final LoopCalls loop;

    LatestOffsets(Catalog catalog, String vhost, GroupTopics topics, LoopCalls loop) {
        this.catalog = catalog;
        this.vhost = vhost;
        this.topics = topics;
        this.loop = loop;
    }

    @Override
    public Map<TopicPartition, CompletableFuture<OffsetResponse>> listLatestOffsets(Set<TopicPartition> partitions) {
        var answers = partitions.stream()
                .collect(Collectors.toMap(Function.identity(), _ -> new CompletableFuture<OffsetResponse>()));
        loop.post(() -> answers.forEach((partition, answer) -> answer.complete(end(partition))));
        return answers;
    }

    private OffsetResponse end(TopicPartition name) {
        return catalog.topic(vhost, name.topic())
                .flatMap(topic -> topics.partition(topic, name.partition()))
                .map(Partition::highWatermark)
                .map(end -> new OffsetResponse(end, Errors.NONE))
                .orElseGet(() -> new OffsetResponse(NO_OFFSET, Errors.UNKNOWN_TOPIC_OR_PARTITION));
    }

    @Override
    public void close() {}
}
