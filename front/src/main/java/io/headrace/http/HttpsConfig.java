package io.headrace.http;

import io.headrace.config.Settings;
import io.headrace.net.ListenerConfig;
import io.headrace.net.TlsConfig;
import java.util.Optional;

/// Where HTTP is spoken within TLS.
public record HttpsConfig(ListenerConfig listener, TlsConfig tls) {
    /// Empty if no certificate is named: then there is no such listener.
    ///
    /// @param name of the listener, with which its keys begin
    public static Optional<HttpsConfig> read(String name, int port, Settings settings) {
        var listener = ListenerConfig.read(name, port, settings);
        return TlsConfig.readNameless(settings).map(tls -> new HttpsConfig(listener, tls));
    }
}
