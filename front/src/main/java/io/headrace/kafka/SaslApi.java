package io.headrace.kafka;

import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;

/// SaslHandshake 0-1, SaslAuthenticate 0-2.
///
/// Threads: any; the state is the connection's.
final class SaslApi implements ApiFamily {
    @Override
    public List<Served> served() {
        return List.of(
                new Served(
                        ApiKeys.SASL_HANDSHAKE,
                        0,
                        1,
                        exchange -> exchange.connection().sasl().handshake(exchange)),
                new Served(
                        ApiKeys.SASL_AUTHENTICATE,
                        0,
                        2,
                        exchange -> exchange.connection().sasl().authenticate(exchange)));
    }
}
