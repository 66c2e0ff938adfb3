package io.headrace.broker;

import java.util.Optional;
import javax.net.ssl.SSLSession;

/// What is told of connections, channels and consumers, with RabbitMQ's attributes.
///
/// Threads: the connection's.
final class ConnectionEvents {
    private static final String LOOPBACK_ONLY = "can only connect via localhost";

    private final String node;
    private final Events events;

    ConnectionEvents(String node, Events events) {
        this.node = node;
        this.events = events;
    }

    boolean heard() {
        return events.heard();
    }

    private String pid(ObservedConnection connection) {
        return ProcessIds.of(node, connection.name());
    }

    private static String channelName(ObservedConnection connection, int channel) {
        return connection.name() + " (" + channel + ")";
    }

    private String pid(ObservedConnection connection, int channel) {
        return ProcessIds.of(node, channelName(connection, channel));
    }

    void connectionCreated(ObservedConnection connection) {
        var report = connection.report();
        var event = new Event("connection.created")
                .with("type", "network")
                .with("pid", pid(connection))
                .with("name", report.name())
                .with("port", AmqpTerm.port(report.local()))
                .with("peer_port", AmqpTerm.port(report.remote()))
                .with("host", AmqpTerm.address(report.local()))
                .with("peer_host", AmqpTerm.address(report.remote()))
                .with("ssl", report.tls().isPresent())
                .with("auth_mechanism", report.mechanism())
                .with("protocol", protocol(report.protocol()))
                .with("user", report.user())
                .with("vhost", report.vhost())
                .with("timeout", report.heartbeatSeconds())
                .with("frame_max", report.frameBytesMax())
                .with("channel_max", report.channelMax())
                .with("client_properties", report.clientProperties())
                .with("connected_at", report.connectedMillis())
                .with("node", node)
                .by(report.user());
        withTls(event, report.tls());
        events.tell(withGivenName(event, report));
    }

    private static void withTls(Event event, Optional<SSLSession> session) {
        event.with("ssl_protocol", session.map(SSLSession::getProtocol).orElse(""))
                .with("ssl_cipher", session.map(SSLSession::getCipherSuite).orElse(""))
                .with("ssl_key_exchange", "")
                .with("ssl_hash", "")
                .with("peer_cert_subject", "")
                .with("peer_cert_issuer", "")
                .with("peer_cert_validity", "");
    }

    private static Event withGivenName(Event event, ConnectionReport report) {
        return report.givenName().isEmpty() ? event : event.with("user_provided_name", report.givenName());
    }

    private static String protocol(String name) {
        return name.equals("AMQP 0-9-1") ? "{0,9,1}" : name;
    }

    void connectionClosed(ObservedConnection connection) {
        var report = connection.report();
        var event = new Event("connection.closed")
                .with("name", report.name())
                .with("pid", pid(connection))
                .with("node", node)
                .with("client_properties", report.clientProperties());
        events.tell(withGivenName(event, report));
    }

    void channelCreated(ObservedConnection connection, int channel) {
        events.tell(new Event("channel.created")
                .with("pid", pid(connection, channel))
                .with("name", channelName(connection, channel))
                .with("connection", pid(connection))
                .with("number", channel)
                .with("user", connection.user())
                .with("vhost", connection.vhost())
                .by(connection.user()));
    }

    void channelClosed(ObservedConnection connection, int channel) {
        events.tell(new Event("channel.closed")
                .with("pid", pid(connection, channel))
                .by(connection.user()));
    }

    void consumerCreated(ObservedConnection connection, int channel, ConsumerReport consumer) {
        events.tell(ofConsumer("consumer.created", connection, channel, consumer, connection.user())
                .with("exclusive", consumer.exclusive())
                .with("ack_required", consumer.manualAck())
                .with("prefetch_count", consumer.prefetch())
                .with("arguments", consumer.arguments()));
    }

    void consumerDeleted(ObservedConnection connection, int channel, ConsumerReport consumer, boolean cancelled) {
        var by = cancelled ? connection.user() : CatalogEvents.NOBODY;
        events.tell(ofConsumer("consumer.deleted", connection, channel, consumer, by));
    }

    private Event ofConsumer(
            String key, ObservedConnection connection, int channel, ConsumerReport consumer, String by) {
        return new Event(key)
                .with("consumer_tag", consumer.tag())
                .with("channel", pid(connection, channel))
                .with("queue", consumer.queue())
                .with("vhost", connection.vhost())
                .by(by);
    }

    void login(LoginReport login) {
        var event = new Event(login.refusal().isEmpty() ? "user.authentication.success" : "user.authentication.failure")
                .with("connection_type", "network")
                .with("name", login.user())
                .with("connection_name", login.connection())
                .with("host", AmqpTerm.address(login.local()))
                .with("peer_host", AmqpTerm.address(login.remote()))
                .with("peer_port", AmqpTerm.port(login.remote()))
                .with("auth_mechanism", login.mechanism())
                .with("protocol", protocol("AMQP 0-9-1"))
                .with("ssl", login.tls());
        login.refusal().ifPresent(reason -> event.withCharacters("error", error(login.user(), reason)));
        events.tell(event);
    }

    /// In RabbitMQ's words, which do not say which half was wrong.
    private static String error(String user, String reason) {
        return reason.endsWith(LOOPBACK_ONLY) ? reason : "user '" + user + "' - invalid credentials";
    }
}
