package io.headrace.stream.group;

import java.util.List;

/// How far a group is behind, whether it has members or not.
///
/// @param type `classic`, `consumer`, `share`, `streams`
/// @param state in Kafka's words
/// @param partitions those for which it committed an offset; none of a share group, which has no offsets
public record GroupLag(String group, String type, String state, int members, List<PartitionLag> partitions) {
    public GroupLag {
        partitions = List.copyOf(partitions);
    }

    /// @param committed what the group reads next
    /// @param end records below can be read
    public record PartitionLag(String topic, int partition, long committed, long end) {
        /// Records that the group has before it. Behind the end is who read a topic that was made anew.
        public long lag() {
            return Math.max(0, end - committed);
        }
    }
}
