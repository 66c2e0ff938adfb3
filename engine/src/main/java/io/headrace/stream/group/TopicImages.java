package io.headrace.stream.group;

import io.headrace.catalog.TopicDefinition;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;

/// The catalog's topics in the form in which Kafka's coordinator wants to know them.
///
/// Threads: one, `groups`.
final class TopicImages {
    private static final int NODE = 1;
    private static final int METADATA_EPOCH = 1;

    private final Map<Uuid, Integer> partitions = new HashMap<>();
    private MetadataImage image = MetadataImage.EMPTY;
    private long version;

    /// What became of a topic.
    sealed interface Change {
        /// It is new, or has more partitions.
        record There(TopicDefinition topic) implements Change {}

        record Gone(TopicDefinition topic) implements Change {}
    }

    /// A step from one image to the next.
    record Step(MetadataDelta delta, MetadataImage image) {}

    Step after(List<Change> changes) {
        var delta = new MetadataDelta.Builder().setImage(image).build();
        for (var change : changes) {
            switch (change) {
                case Change.There(TopicDefinition topic) -> there(delta, topic);
                case Change.Gone(TopicDefinition topic) -> gone(delta, topic);
            }
        }
        image = delta.apply(next());
        return new Step(delta, image);
    }

    boolean has(String name, Uuid id) {
        var topic = image.topics().getTopic(name);
        return topic != null && (id.equals(Uuid.ZERO_UUID) || topic.id().equals(id));
    }

    /// A step that tells only that topics are gone which the image does not have any more: the step's delta is one from
    /// an image that had nothing else. One of each name.
    Step without(Collection<OffsetsLoader.CommittedTopic> topics) {
        var before = new MetadataDelta.Builder().setImage(MetadataImage.EMPTY).build();
        topics.forEach(topic -> before.replay(topicRecord(topic.name(), GroupIds.kafkaId(topic.id()))));
        var delta = new MetadataDelta.Builder().setImage(before.apply(next())).build();
        topics.forEach(topic -> delta.replay(new RemoveTopicRecord().setTopicId(GroupIds.kafkaId(topic.id()))));
        return new Step(delta, image);
    }

    private void there(MetadataDelta delta, TopicDefinition topic) {
        var id = GroupIds.kafkaId(topic.id());
        Integer known = partitions.put(id, topic.partitions().size());
        if (known == null) {
            delta.replay(topicRecord(topic.name(), id));
        }
        for (int index = known == null ? 0 : known; index < topic.partitions().size(); index++) {
            delta.replay(partitionRecord(id, index));
        }
    }

    private void gone(MetadataDelta delta, TopicDefinition topic) {
        var id = GroupIds.kafkaId(topic.id());
        if (partitions.remove(id) != null) {
            delta.replay(new RemoveTopicRecord().setTopicId(id));
        }
    }

    private MetadataProvenance next() {
        return new MetadataProvenance(++version, METADATA_EPOCH, 0, true);
    }

    private static ApiMessage topicRecord(String name, Uuid id) {
        return new TopicRecord().setName(name).setTopicId(id);
    }

    private static ApiMessage partitionRecord(Uuid topic, int index) {
        return new PartitionRecord()
                .setTopicId(topic)
                .setPartitionId(index)
                .setReplicas(List.of(NODE))
                .setIsr(List.of(NODE))
                .setLeader(NODE);
    }
}
