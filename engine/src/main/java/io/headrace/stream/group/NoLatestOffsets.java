package io.headrace.stream.group;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.util.PartitionMetadataClient;

/// Would tell the lag of share groups, which are not served.
final class NoLatestOffsets implements PartitionMetadataClient {
    @Override
    public Map<TopicPartition, CompletableFuture<OffsetResponse>> listLatestOffsets(Set<TopicPartition> partitions) {
        return partitions.stream().collect(Collectors.toMap(Function.identity(), _ -> unsupported()));
    }

    private static CompletableFuture<OffsetResponse> unsupported() {
        return CompletableFuture.completedFuture(new OffsetResponse(-1, Errors.UNSUPPORTED_VERSION));
    }

    @Override
    public void close() {}
}
