package io.headrace.net;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/// Addresses as RabbitMQ writes them.
public final class Addresses {
    private Addresses() {}

    /// `127.0.0.1:5672`, `[::1]:5672`
    public static String text(SocketAddress address) {
        return address instanceof InetSocketAddress internet
                ? host(internet) + ":" + internet.getPort()
                : address.toString();
    }

    private static String host(InetSocketAddress address) {
        var host = hostOnly(address);
        return address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host;
    }

    /// `127.0.0.1`, `::1`
    public static String hostOnly(InetSocketAddress address) {
        return address.isUnresolved()
                ? address.getHostString()
                : address.getAddress().getHostAddress();
    }

    /// `127.0.0.1:51522 -> 127.0.0.1:5672`
    public static String connection(Wire wire) {
        return text(wire.remote()) + " -> " + text(wire.local());
    }
}
