package io.headrace.kafka;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/// Who asks, as the coordinator of groups wants to know it: it shows a member's client and address, and follows the
/// version of a request.
record GroupContext(RequestHeader header, KafkaPrincipal principal, InetAddress clientAddress)
        implements AuthorizableRequestContext {
    static final String LISTENER = "KAFKA";

    static GroupContext of(Exchange exchange) {
        var principal =
                new KafkaPrincipal(KafkaPrincipal.USER_TYPE, exchange.user().name());
        return new GroupContext(
                exchange.header(),
                principal,
                exchange.connection().wire().remote() instanceof InetSocketAddress address
                        ? address.getAddress()
                        : InetAddress.getLoopbackAddress());
    }

    @Override
    public String listenerName() {
        return LISTENER;
    }

    /// The coordinator asks no authorizer, and so nobody asks for this.
    @Override
    public SecurityProtocol securityProtocol() {
        return SecurityProtocol.PLAINTEXT;
    }

    @Override
    public int requestType() {
        return header.apiKey().id;
    }

    @Override
    public int requestVersion() {
        return header.apiVersion();
    }

    @Override
    public String clientId() {
        return header.clientId();
    }

    @Override
    public int correlationId() {
        return header.correlationId();
    }
}
