package io.headrace.amqp;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;

/// What a client told about itself in `start-ok`.
///
/// @param hearsCancels it wants to know when the broker cancels a consumer
/// @param hearsBlocked it understands `connection.blocked`
/// @param hearsLoginFailure it wants `connection.close` when the login fails, not just a closed socket
/// @param properties all of it
record Peer(
        boolean hearsCancels,
        boolean hearsBlocked,
        boolean hearsLoginFailure,
        String connectionName,
        FieldTable properties) {
    static final Peer UNKNOWN = new Peer(false, false, false, "", FieldTable.EMPTY);

    static Peer of(FieldTable clientProperties) {
        var capabilities =
                clientProperties.get("capabilities").orElse(null) instanceof FieldValue.Table(FieldTable table)
                        ? table
                        : FieldTable.EMPTY;
        return new Peer(
                has(capabilities, "consumer_cancel_notify"),
                has(capabilities, "connection.blocked"),
                has(capabilities, "authentication_failure_close"),
                clientProperties.text("connection_name").orElse(""),
                clientProperties);
    }

    private static boolean has(FieldTable capabilities, String name) {
        return capabilities.get(name).orElse(null) instanceof FieldValue.Bool(boolean set) && set;
    }
}
