package io.headrace.kafka;

import io.headrace.net.Wire;
import java.net.InetSocketAddress;

/// Where a client is told to find this broker: as configured, else where it has found it already.
record Advertised(String host, int port) {
    static Advertised to(Wire wire, KafkaConfig config) {
        var local = (InetSocketAddress) wire.local();
        return new Advertised(
                config.advertisedHost().isEmpty() ? plain(local) : config.advertisedHost(),
                config.advertisedPort() == 0 ? local.getPort() : config.advertisedPort());
    }

    /// An IPv6 address without its zone, which means nothing to others.
    private static String plain(InetSocketAddress address) {
        var text = address.getAddress().getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
