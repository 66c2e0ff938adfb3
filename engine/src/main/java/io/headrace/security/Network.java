package io.headrace.security;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/// Where a peer comes from, as far as it cannot choose that itself: an IPv4 address, or the 64 bits in front of an IPv6
/// address, behind which a single machine may have any number of addresses (RFC 4291 §2.5.1).
///
/// @param loopback this machine; behind a proxy on it there may be everybody
public record Network(long prefix, boolean six, boolean loopback) {
    private static final Network NOWHERE = new Network(0, false, false);

    public static Network of(SocketAddress remote) {
        return remote instanceof InetSocketAddress internet && !internet.isUnresolved()
                ? of(internet.getAddress())
                : NOWHERE;
    }

    private static Network of(InetAddress address) {
        var bytes = ByteBuffer.wrap(address.getAddress());
        boolean six = address instanceof Inet6Address;
        return new Network(six ? bytes.getLong() : bytes.getInt(), six, address.isLoopbackAddress());
    }

    // Written out: what a record has by itself is put together by the JVM at its first use, and the first
    // connection would wait for it (decision 2).
    @Override
    public boolean equals(Object other) {
        return other instanceof Network network
                && prefix == network.prefix
                && six == network.six
                && loopback == network.loopback;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(prefix) + (six ? 1 : 0) + (loopback ? 2 : 0);
    }
}
