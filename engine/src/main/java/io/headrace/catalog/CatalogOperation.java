package io.headrace.catalog;

import io.headrace.message.FieldValue;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;

/// One committed change of the catalog. The bytes are drawn in the package comment.
public sealed interface CatalogOperation {
    /// A vhost with its built-in exchanges.
    record AddVhost(String vhost) implements CatalogOperation {}

    /// A vhost with everything in it, permissions included.
    record RemoveVhost(String vhost) implements CatalogOperation {}

    record AddExchange(ExchangeDefinition exchange) implements CatalogOperation {}

    /// An exchange and all bindings from and to it.
    record RemoveExchange(String vhost, String name) implements CatalogOperation {}

    record AddQueue(QueueDefinition queue) implements CatalogOperation {}

    /// A queue and all bindings to it.
    record RemoveQueue(String vhost, String name) implements CatalogOperation {}

    record AddBinding(String vhost, BindingKey binding) implements CatalogOperation {}

    record RemoveBinding(String vhost, BindingKey binding) implements CatalogOperation {}

    /// A new user, or a new definition of one.
    record PutUser(UserDefinition user) implements CatalogOperation {}

    /// A user and all its permissions.
    record RemoveUser(String name) implements CatalogOperation {}

    record PutPermission(String user, String vhost, Permission permission) implements CatalogOperation {}

    record RemovePermission(String user, String vhost) implements CatalogOperation {}

    record AddTopic(TopicDefinition topic) implements CatalogOperation {}

    /// A topic with all it holds.
    record RemoveTopic(String vhost, String name) implements CatalogOperation {}

    /// @param added numbers of the partitions that follow those there are
    record AddPartitions(String vhost, String name, List<Integer> added) implements CatalogOperation {}

    /// All settings of a topic: what is not named has its default again.
    record PutTopicSettings(String vhost, String name, SortedMap<String, String> settings)
            implements CatalogOperation {}

    /// All settings that go by one name and belong to no vhost, such as those of the broker; none, and the name is
    /// forgotten.
    record PutSettings(String name, SortedMap<String, String> settings) implements CatalogOperation {}

    /// What only operators change, besides users and permissions.
    sealed interface ByOperator extends CatalogOperation {}

    /// Another description of a vhost that is there.
    record PutVhost(VhostDefinition vhost) implements ByOperator {}

    record PutTopicPermission(String user, String vhost, TopicPermission permission) implements ByOperator {}

    record RemoveTopicPermission(String user, String vhost, String exchange) implements ByOperator {}

    /// A new policy, or another one of that name.
    record PutPolicy(Policy policy) implements ByOperator {}

    record RemovePolicy(String vhost, String name, boolean operator) implements ByOperator {}

    record PutParameter(Parameter parameter) implements ByOperator {}

    record RemoveParameter(String component, String vhost, String name) implements ByOperator {}

    record PutGlobalParameter(String name, FieldValue value) implements ByOperator {}

    record RemoveGlobalParameter(String name) implements ByOperator {}

    record AddAcl(Acl acl) implements ByOperator {}

    record RemoveAcl(Acl acl) implements ByOperator {}

    /// Bytes that [#encode] will write.
    static int sizeBytes(List<CatalogOperation> operations) {
        OperationSink.Counting counting = new OperationSink.Counting();
        OperationCodec.writeBatch(operations, counting);
        return counting.bytes();
    }

    /// Writes one batch to `target` (big-endian) from `at`; the position is not used.
    ///
    /// @return where it ends
    static int encode(List<CatalogOperation> operations, ByteBuffer target, int at) {
        OperationSink.Writing writing = new OperationSink.Writing(target, at);
        OperationCodec.writeBatch(operations, writing);
        return writing.at();
    }

    /// Reads what [#encode] wrote.
    ///
    /// @throws IllegalStateException the bytes are not a batch of a known version
    static List<CatalogOperation> decode(ByteBuffer source, int at, int bytes) {
        return OperationCodec.readBatch(new OperationSource(source, at, at + bytes));
    }
}
