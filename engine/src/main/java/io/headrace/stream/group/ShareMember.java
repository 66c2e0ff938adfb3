package io.headrace.stream.group;

import io.headrace.catalog.TopicDefinition;
import io.headrace.shard.Loop;
import io.headrace.stream.share.SharePartition;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/// Somebody within the broker who is a member of a share group, for a client that does not speak Kafka's protocol. To
/// the coordinator it is a member like any other: it joins, says every few seconds that it is there, hears which
/// partitions it is given records of, and leaves (KIP-932).
///
/// Threads: the loop.
public final class ShareMember {
    private static final int JOINING = 0;
    private static final int LEAVING = -1;
    private static final int RETRY_MILLIS = 200;
    private static final int RETRIES = 50;
    private static final int RENEWALS_A_LOCK = 3;

    private final String id = Uuid.randomUuid().toString();
    private final String group;
    private final Place place;
    private final ShareJoins joins = new ShareJoins();
    private final Who who;
    private Optional<Side> side = Optional.empty(); // once it is in
    private Loop.Timer timer; // null while a question is under way
    private int epoch = JOINING;
    private int failures; // of joining
    private boolean left;

    /// Where it is a member.
    ///
    /// @param parts the group's of a topic, by index of the partition; empty where the group has nothing to do yet
    public record Place(Loop loop, Groups groups, TopicDefinition topic, Parts parts) {}

    public interface Parts {
        Optional<SharePartition> of(String group, int index);
    }

    /// Whom it is a member for.
    public interface Side {
        /// These are the partitions of which there are records for it from now on.
        void assign(List<SharePartition> partitions);

        /// What it has stays its own for another while: this is called before that is over, while it is a member.
        void renew();
    }

    /// What the coordinator shows of a member.
    public record Who(String clientId, InetAddress clientAddress, String user) implements AuthorizableRequestContext {
        @Override
        public String listenerName() {
            return "AMQP";
        }

        /// The coordinator asks no authorizer, and so nobody asks for this.
        @Override
        public SecurityProtocol securityProtocol() {
            return SecurityProtocol.PLAINTEXT;
        }

        @Override
        public KafkaPrincipal principal() {
            return new KafkaPrincipal(KafkaPrincipal.USER_TYPE, user);
        }

        @Override
        public int requestType() {
            return ApiKeys.SHARE_GROUP_HEARTBEAT.id;
        }

        @Override
        public int requestVersion() {
            return ApiKeys.SHARE_GROUP_HEARTBEAT.latestVersion();
        }

        @Override
        public int correlationId() {
            return 0;
        }
    }

    public ShareMember(String group, Place place, Who who) {
        this.group = group;
        this.place = place;
        this.who = who;
    }

    public String id() {
        return id;
    }

    /// Asks to be a member. One of the two is called, once, at once or in a later turn.
    ///
    /// @param joined makes whom it is for; empty if there is no use for it any more
    /// @param refused hears why the group takes no member
    public void join(Supplier<Optional<Side>> joined, Consumer<String> refused) {
        ask(
                answer -> {
                    if (left) {
                        refused.accept("the connection is closed");
                    } else if (answer.errorCode() == Errors.NONE.code()) {
                        side = joined.get();
                        heard(answer);
                    } else {
                        refused.accept(text(answer));
                    }
                },
                failure -> {
                    if (failure instanceof RetriableException && ++failures < RETRIES && !left) {
                        timer = place.loop().schedule(RETRY_MILLIS, () -> join(joined, refused));
                    } else {
                        refused.accept(Errors.forException(failure).message());
                    }
                });
    }

    private static String text(ShareGroupHeartbeatResponseData answer) {
        return answer.errorMessage() == null
                ? Errors.forCode(answer.errorCode()).message()
                : answer.errorMessage();
    }

    private void ask(Consumer<ShareGroupHeartbeatResponseData> answer, Consumer<Throwable> failed) {
        timer = null;
        var request = new ShareGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(id)
                .setMemberEpoch(epoch)
                .setSubscribedTopicNames(
                        epoch == JOINING ? List.of(place.topic().name()) : null);
        place.groups()
                .ask(
                        coordinator -> coordinator.shareGroupHeartbeat(who, request),
                        heard -> answer.accept(joins.answer(request, heard)),
                        failed);
    }

    private void beat() {
        side.ifPresent(Side::renew);
        ask(this::heard, _ -> again(RETRY_MILLIS));
    }

    private void heard(ShareGroupHeartbeatResponseData answer) {
        if (left) {
            return;
        }
        switch (Errors.forCode(answer.errorCode())) {
            case NONE -> {
                epoch = answer.memberEpoch();
                assign(answer.assignment());
                again(usual(answer));
            }
            case UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH -> { // it was not heard of for too long
                epoch = JOINING;
                again(RETRY_MILLIS);
            }
            default -> again(usual(answer));
        }
    }

    private void assign(ShareGroupHeartbeatResponseData.Assignment assignment) {
        if (assignment == null) {
            return; // as before
        }
        var parts = assignment.topicPartitions().stream()
                .filter(each ->
                        GroupIds.javaId(each.topicId()).equals(place.topic().id()))
                .flatMap(each -> each.partitions().stream())
                .flatMap(index -> place.parts().of(group, index).stream())
                .toList();
        side.ifPresent(each -> each.assign(parts));
    }

    // what it has is renewed with each beat, and has to be before it is taken back
    private int usual(ShareGroupHeartbeatResponseData answer) {
        int lock = place.groups().ofShareGroup(group).lockMillis();
        int interval = answer.heartbeatIntervalMs();
        return interval > 0 ? Math.min(interval, lock / RENEWALS_A_LOCK) : lock / RENEWALS_A_LOCK;
    }

    private void again(int millis) {
        if (!left) {
            timer = place.loop().schedule(millis, this::beat);
        }
    }

    /// It is no member any more; what it has goes to others.
    public void leave() {
        if (left) {
            return;
        }
        left = true;
        if (timer != null) {
            timer.cancel();
        }
        epoch = LEAVING;
        ask(_ -> {}, _ -> {}); // who does not hear of it finds out by himself, after the session's time
    }
}
