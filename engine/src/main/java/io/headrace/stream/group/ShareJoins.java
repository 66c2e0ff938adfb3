package io.headrace.stream.group;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/// Members of share groups that joined and have no partitions yet: they are told to ask again soon.
///
/// The first member to name a topic gets none of its partitions when it joins, since the state of the group there is
/// begun after the answer. Kafka lets it wait for its next heartbeat, five seconds. A topic that is not there has no
/// partitions at all: after some tries a member asks as seldom as any other.
///
/// Threads: the loop.
public final class ShareJoins {
    public static final int SOON_MILLIS = 50;
    public static final int TRIES = 20;
    private static final int NEW = 0; // the epoch with which a member joins, KIP-932
    private static final int MOST = 1_000; // members that went away are forgotten by this

    private record Who(String group, String member) {}

    private final Map<Who, Integer> triesLeft = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Who, Integer> eldest) {
            return size() > MOST;
        }
    };

    /// @return the coordinator's answer, with the time of the next heartbeat brought forward where it helps
    public ShareGroupHeartbeatResponseData answer(
            ShareGroupHeartbeatRequestData asked, ShareGroupHeartbeatResponseData answer) {
        var who = new Who(asked.groupId(), asked.memberId());
        if (asked.memberEpoch() == NEW) {
            triesLeft.put(who, TRIES);
        } else if (triesLeft.isEmpty()) {
            return answer;
        }
        boolean waits = answer.errorCode() == Errors.NONE.code()
                && asked.memberEpoch() >= NEW
                && (answer.assignment() == null
                        || answer.assignment().topicPartitions().isEmpty());
        var left = triesLeft.computeIfPresent(who, (_, tries) -> waits && tries > 1 ? tries - 1 : null);
        return left == null ? answer : answer.setHeartbeatIntervalMs(SOON_MILLIS);
    }
}
