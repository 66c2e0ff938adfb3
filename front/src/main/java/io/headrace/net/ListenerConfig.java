package io.headrace.net;

import io.headrace.config.Settings;
import java.util.Objects;

/// Where to listen and how much to take.
///
/// @param name for the log: `amqp`, `amqps`
/// @param host name or address; empty for all interfaces
/// @param port 0 for a free one
/// @param backlog connections that wait to be accepted
/// @param maxConnections further ones are closed as soon as they are accepted
/// @param recogniseMillis time for the first bytes to arrive
/// @param readBytesMax the largest read buffer; a connection has one only while it is being read
/// @param pendingBytesHigh when more waits for a slow peer it counts as not writable, until a quarter is
///     left
/// @param segmentBytesMax most of a TCP segment, either way, where sockets are epoll's; 0 leaves it to the system
public record ListenerConfig(
        String name,
        String host,
        int port,
        int backlog,
        int maxConnections,
        long recogniseMillis,
        int readBytesMax,
        int pendingBytesHigh,
        int segmentBytesMax) {
    /// The most that Linux lets a program ask for, before it knows the network.
    private static final int SEGMENT_BYTES_MOST = 32_767;

    public ListenerConfig {
        Objects.requireNonNull(name);
        Objects.requireNonNull(host);
        within("port", port, 0, 65_535);
        within("backlog", backlog, 1, 65_535);
        within("maxConnections", maxConnections, 1, 10_000_000);
        within("recogniseMillis", recogniseMillis, 1, 3_600_000);
        within("readBytesMax", readBytesMax, 1024, 4 << 20);
        within("pendingBytesHigh", pendingBytesHigh, 4096, 64 << 20);
        within("segmentBytesMax", segmentBytesMax, 0, SEGMENT_BYTES_MOST);
    }

    public static ListenerConfig of(String name, String host, int port) {
        return new ListenerConfig(name, host, port, 4096, 100_000, 10_000, 128 << 10, 256 << 10, 0);
    }

    private static void within(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s %d is not in %d..%d".formatted(key, value, least, most));
        }
    }

    /// @param settings of the listener, whose keys begin with its name
    public static ListenerConfig read(String name, int port, Settings settings) {
        var normal = of(name, "", port);
        return new ListenerConfig(
                name,
                settings.text("host", normal.host, "Name or address to listen on; empty for all interfaces."),
                settings.count("port", normal.port, 0, 65_535, "Port to listen on; 0 takes a free one."),
                settings.count("backlog", normal.backlog, 1, 65_535, "Connections that may wait to be accepted."),
                settings.count(
                        "connections-max",
                        normal.maxConnections,
                        1,
                        10_000_000,
                        "Most connections at a time; further ones are closed at once."),
                normal.recogniseMillis,
                normal.readBytesMax,
                normal.pendingBytesHigh,
                normal.segmentBytesMax);
    }

    /// The same, for clients whose receive buffers have a fixed size, such as 64 KiB. A segment of the loopback
    /// interface has up to 64 KiB, and Linux sends none that the peer's window has no room for. Where such a
    /// window became a little smaller than a segment, nothing was left but the probes of the persist timer: a
    /// window each 200 ms, for good (RFC 9293 section 3.8.6). Segments of other networks are smaller anyway.
    public ListenerConfig withSmallSegments() {
        return new ListenerConfig(
                name,
                host,
                port,
                backlog,
                maxConnections,
                recogniseMillis,
                readBytesMax,
                pendingBytesHigh,
                SEGMENT_BYTES_MOST);
    }
}
