package io.headrace.catalog;

import java.util.Optional;

/// Why the engine will not do what was asked. Each front has its protocol's code and words for each case.
public sealed interface Refusal {
    record NotFound(Resource resource) implements Refusal {}

    /// It was to be created, and is there already.
    record Exists(Resource resource) implements Refusal {}

    /// @param access what the user lacks
    record AccessRefused(Access access, Resource resource, String user) implements Refusal {}

    /// A routing key that the user may not publish or bind with.
    record TopicAccessRefused(Access access, String routingKey, Resource exchange, String user) implements Refusal {}

    enum Access {
        CONFIGURE,
        WRITE,
        READ
    }

    record VhostNotFound(String vhost) implements Refusal {}

    record UserNotFound(String user) implements Refusal {}

    record VhostAccessRefused(String vhost, String user) implements Refusal {}

    /// A declaration that differs from what exists.
    ///
    /// @param received empty for none; a flag has no type
    record Inequivalent(Resource resource, String argument, Optional<Value> received, Optional<Value> current)
            implements Refusal {}

    /// @param type RabbitMQ's name for the wire type (`longstr`, `signedint`, `long`, `bool`), empty for a
    ///     flag or name
    record Value(String text, String type) {}

    record ReservedName(Resource resource) implements Refusal {}

    /// The default exchange cannot be declared, deleted or bound.
    record DefaultExchange() implements Refusal {}

    /// A built-in exchange cannot be deleted.
    record SystemExchange(Resource resource) implements Refusal {}

    record UnknownExchangeType(String type) implements Refusal {}

    record InternalExchange(Resource resource) implements Refusal {}

    record InUse(Resource resource) implements Refusal {}

    record NotEmpty(Resource resource) implements Refusal {}

    /// Another connection's exclusive queue.
    record Locked(Resource resource) implements Refusal {}

    /// Consumed exclusively, or not available for exclusive consumption.
    record ExclusiveUse(Resource resource) implements Refusal {}

    /// Messages are for the one active consumer of a quorum queue, not to be fetched.
    record SingleActiveConsumer(Resource resource) implements Refusal {}

    /// An argument whose value is not valid.
    ///
    /// @param detail RabbitMQ's term, such as `{value_negative,-1}`
    record InvalidArgument(Resource resource, String argument, String detail) implements Refusal {}

    /// A property of the queue that its type does not allow: `exclusive-owner`, `auto-delete`,
    /// `non-durable`.
    record InvalidProperty(Resource resource, String property) implements Refusal {}

    /// A use of a queue that streams are not made for.
    record NotForStreams(Resource queue, Use use) implements Refusal {}

    enum Use {
        GET,
        PURGE,
        CONSUME_WITHOUT_PREFETCH,
        CONSUME_WITHOUT_ACK,
        CONSUME_WITH_SHARED_PREFETCH
    }

    /// A queue type, argument or feature that is known and not supported here.
    record Unsupported(Resource resource, String what) implements Refusal {}

    /// A header or binding argument that is not what it must be.
    ///
    /// @param text complete, as RabbitMQ writes it
    record Malformed(String text) implements Refusal {}

    record TooLarge(long bytes, long limit) implements Refusal {}

    /// @param limit what is limited, in RabbitMQ's words
    record LimitReached(String limit) implements Refusal {}
}
