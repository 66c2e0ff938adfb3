package io.headrace.stream.group;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.BufferSupplier;

/// Requests as a front makes them.
final class TestMember {
    private TestMember() {}

    static RequestContext context(ApiKeys key) {
        return new RequestContext(
                new RequestHeader(key, key.latestVersion(), "client", 1),
                "connection",
                InetAddress.getLoopbackAddress(),
                Optional.empty(),
                KafkaPrincipal.ANONYMOUS,
                ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT),
                SecurityProtocol.PLAINTEXT,
                ClientInformation.EMPTY,
                false);
    }

    static JoinGroupRequestData join(String group, String member, String... topics) {
        var protocols = new JoinGroupRequestData.JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                .setName("range")
                .setMetadata(bytes(ConsumerProtocol.serializeSubscription(new Subscription(List.of(topics))))));
        return new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setProtocolType("consumer")
                .setSessionTimeoutMs(30_000)
                .setRebalanceTimeoutMs(60_000)
                .setProtocols(protocols);
    }

    /// Joins as a dynamic member does: asks for an id, then joins with it.
    static JoinGroupResponseData joinAlone(TestVhost vhost, String group, String... topics) {
        var first = vhost.ask(coordinator -> coordinator.joinGroup(
                        context(ApiKeys.JOIN_GROUP), join(group, "", topics), BufferSupplier.NO_CACHING))
                .join();
        if (first.errorCode() != Errors.MEMBER_ID_REQUIRED.code()) {
            throw new AssertionError("joined at once: " + first);
        }
        return vhost.ask(coordinator -> coordinator.joinGroup(
                        context(ApiKeys.JOIN_GROUP), join(group, first.memberId(), topics), BufferSupplier.NO_CACHING))
                .join();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
