package io.headrace.conformance.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/// What a connection is told, and when it is closed.
final class ConnectionScript {
    private static final short NO_SUCH_VERSION = 99;

    private ConnectionScript() {}

    static void run(Script script) throws IOException {
        script.everyVersion(
                "api versions",
                ApiKeys.API_VERSIONS,
                0,
                4,
                version -> new ApiVersionsRequestData()
                        .setClientSoftwareName("script")
                        .setClientSoftwareVersion("1.0"));
        script.call(
                "api versions for a bad name",
                ApiKeys.API_VERSIONS,
                3,
                new ApiVersionsRequestData()
                        .setClientSoftwareName("not a name!")
                        .setClientSoftwareVersion("1.0"));
        unknownApiVersionsVersion(script);
        script.everyVersion(
                "describe cluster", ApiKeys.DESCRIBE_CLUSTER, 0, 2, version -> new DescribeClusterRequestData());
        script.everyVersion(
                "find coordinator",
                ApiKeys.FIND_COORDINATOR,
                0,
                6,
                version -> version < 4
                        ? new FindCoordinatorRequestData().setKey("a group").setKeyType((byte) 0)
                        : new FindCoordinatorRequestData()
                                .setCoordinatorKeys(List.of("a group", "another"))
                                .setKeyType((byte) 0));
        script.call(
                "find coordinator of a strange type",
                ApiKeys.FIND_COORDINATOR,
                3,
                new FindCoordinatorRequestData().setKey("k").setKeyType((byte) 9));
        closed(script, "unknown api key", header((short) 999, (short) 0, 1));
        closed(script, "produce before version 3", header(ApiKeys.PRODUCE.id, (short) 2, 1));
        closed(script, "fetch after the latest version", header(ApiKeys.FETCH.id, NO_SUCH_VERSION, 2));
        closed(script, "metadata without a body", header(ApiKeys.METADATA.id, (short) 4, 1));
        closed(script, "a header that ends too soon", ByteBuffer.wrap(new byte[] {0, 18, 0}));
        closed(script, "an empty frame", ByteBuffer.allocate(0));
    }

    /// Is answered in version 0, so that a client of the future can ask again.
    private static void unknownApiVersionsVersion(Script script) throws IOException {
        script.wire().sendBytes(header(ApiKeys.API_VERSIONS.id, NO_SUCH_VERSION, 2));
        var answer = script.wire().receiveBytes();
        if (answer.isEmpty()) {
            script.noteClosed("api versions in an unknown version");
            return;
        }
        var bytes = answer.get();
        script.note(
                "api versions in an unknown version",
                List.of("correlation id %d, error %d, %d bytes more"
                        .formatted(bytes.getInt(), bytes.getShort(), bytes.remaining())));
    }

    private static void closed(Script script, String name, ByteBuffer frame) throws IOException {
        script.wire().sendBytes(frame);
        var answer = script.wire().receiveBytes();
        if (answer.isEmpty()) {
            script.noteClosed(name);
        } else {
            script.note(name, List.of("answered with " + answer.get().remaining() + " bytes"));
        }
    }

    private static ByteBuffer header(short key, short version, int headerVersion) {
        var data = new RequestHeaderData()
                .setRequestApiKey(key)
                .setRequestApiVersion(version)
                .setCorrelationId(7)
                .setClientId("script");
        ByteBufferAccessor written = MessageUtil.toByteBufferAccessor(data, (short) headerVersion);
        return written.buffer();
    }
}
