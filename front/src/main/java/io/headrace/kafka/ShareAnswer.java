package io.headrace.kafka;

import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData.PartitionData;
import org.apache.kafka.common.message.ShareFetchResponseData.ShareFetchableTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractResponse;

/// An answer to ShareFetch. Kafka's own class cannot be made from the message.
final class ShareAnswer extends AbstractResponse {
    private final ShareFetchResponseData data;

    ShareAnswer(ShareFetchResponseData data) {
        super(ApiKeys.SHARE_FETCH);
        this.data = data;
    }

    /// What is told of the partition; made when it is asked for.
    PartitionData of(ShareSession.Part part) {
        var topic = data.responses().find(part.topic());
        if (topic == null) {
            topic = new ShareFetchableTopicResponse().setTopicId(part.topic());
            data.responses().add(topic);
        }
        for (var partition : topic.partitions()) {
            if (partition.partitionIndex() == part.partition()) {
                return partition;
            }
        }
        var partition = new PartitionData().setPartitionIndex(part.partition()).setRecords(MemoryRecords.EMPTY);
        topic.partitions().add(partition);
        return partition;
    }

    @Override
    public ShareFetchResponseData data() {
        return data;
    }

    @Override
    public Map<Errors, Integer> errorCounts() {
        var counts = new EnumMap<Errors, Integer>(Errors.class);
        updateErrorCounts(counts, Errors.forCode(data.errorCode()));
        data.responses()
                .forEach(topic -> topic.partitions()
                        .forEach(partition -> updateErrorCounts(counts, Errors.forCode(partition.errorCode()))));
        return counts;
    }

    @Override
    public int throttleTimeMs() {
        return data.throttleTimeMs();
    }

    @Override
    public void maybeSetThrottleTimeMs(int millis) {
        data.setThrottleTimeMs(millis);
    }
}
