package io.headrace.broker;

import io.headrace.catalog.Permission;
import io.headrace.catalog.Policy;
import io.headrace.catalog.TopicPermission;
import io.headrace.catalog.UserDefinition;
import io.headrace.catalog.VhostDefinition;
import io.headrace.message.FieldValue;
import java.util.Optional;
import java.util.SortedMap;

/// A change an operator asks for. Whether the one who asks may, is for the front to know.
///
/// JSON values travel as field values: objects are tables, whole numbers int64, `null` void.
public sealed interface AdminCommand {
    /// A new vhost, or another description of one.
    record PutVhost(VhostDefinition vhost) implements AdminCommand {}

    /// A vhost and all that is in it; its connections are closed.
    record DeleteVhost(String name) implements AdminCommand {}

    record PutUser(UserDefinition user) implements AdminCommand {}

    record DeleteUser(String name) implements AdminCommand {}

    /// What SCRAM checks a user by, who is made if there is none.
    ///
    /// @param credentials all of them, by mechanism
    record PutScram(String user, SortedMap<String, String> credentials) implements AdminCommand {}

    record PutPermission(String user, String vhost, Permission permission) implements AdminCommand {}

    record DeletePermission(String user, String vhost) implements AdminCommand {}

    record PutTopicPermission(String user, String vhost, TopicPermission permission) implements AdminCommand {}

    /// @param exchange empty for all of them
    record DeleteTopicPermission(String user, String vhost, Optional<String> exchange) implements AdminCommand {}

    record PutPolicy(Policy policy) implements AdminCommand {}

    record DeletePolicy(String vhost, String name, boolean operator) implements AdminCommand {}

    /// @param by the user who asks, if what the parameter is for has to know; empty for one who may set everything
    record PutParameter(String component, String vhost, String name, FieldValue value, Optional<String> by)
            implements AdminCommand {
        public PutParameter(String component, String vhost, String name, FieldValue value) {
            this(component, vhost, name, value, Optional.empty());
        }
    }

    record DeleteParameter(String component, String vhost, String name) implements AdminCommand {}

    record PutGlobalParameter(String name, FieldValue value) implements AdminCommand {}

    record DeleteGlobalParameter(String name) implements AdminCommand {}

    /// @param limit `max-connections` or `max-queues`
    /// @param value negative: none
    record PutVhostLimit(String vhost, String limit, long value) implements AdminCommand {}

    record DeleteVhostLimit(String vhost, String limit) implements AdminCommand {}

    /// @param limit `max-connections` or `max-channels`
    record PutUserLimit(String user, String limit, long value) implements AdminCommand {}

    record DeleteUserLimit(String user, String limit) implements AdminCommand {}

    /// How long the topic of a stream queue keeps its records.
    record KeepStream(String vhost, String stream, long retentionMillis) implements AdminCommand {}

    record SetClusterName(String name) implements AdminCommand {}
}
