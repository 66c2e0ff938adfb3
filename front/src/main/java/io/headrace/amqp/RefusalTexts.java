package io.headrace.amqp;

import static io.headrace.amqp.ReplyCode.ACCESS_REFUSED;
import static io.headrace.amqp.ReplyCode.NOT_ALLOWED;
import static io.headrace.amqp.ReplyCode.NOT_FOUND;
import static io.headrace.amqp.ReplyCode.NOT_IMPLEMENTED;
import static io.headrace.amqp.ReplyCode.PRECONDITION_FAILED;
import static io.headrace.amqp.ReplyCode.RESOURCE_LOCKED;

import io.headrace.catalog.Refusal;
import io.headrace.catalog.Resource;
import java.util.Locale;
import java.util.Optional;

/// The engine's refusals in RabbitMQ's codes and words. Clients, test suites and scripts match on them.
final class RefusalTexts {
    private RefusalTexts() {}

    static AmqpException of(Refusal refusal) {
        return switch (refusal) {
            case Refusal.NotFound(Resource resource) -> NOT_FOUND.because("no " + place(resource));
            case Refusal.Exists(Resource resource) -> PRECONDITION_FAILED.because(place(resource) + " exists already");
            case Refusal.AccessRefused(Refusal.Access access, Resource resource, String user) ->
                ACCESS_REFUSED.because("%s access to %s refused for user '%s'"
                        .formatted(access.name().toLowerCase(Locale.ROOT), place(resource), user));
            case Refusal.TopicAccessRefused(Refusal.Access access, String routingKey, Resource exchange, String user) ->
                ACCESS_REFUSED.because("%s access to topic '%s' in %s refused for user '%s'"
                        .formatted(access.name().toLowerCase(Locale.ROOT), routingKey, place(exchange), user));
            case Refusal.VhostNotFound(String vhost) -> NOT_ALLOWED.because("vhost " + vhost + " not found");
            case Refusal.UserNotFound(String user) -> NOT_FOUND.because("user '" + user + "' not found");
            case Refusal.VhostAccessRefused(String vhost, String user) ->
                NOT_ALLOWED.because("access to vhost '%s' refused for user '%s'".formatted(vhost, user));
            case Refusal.Inequivalent inequivalent -> PRECONDITION_FAILED.because(inequivalent(inequivalent));
            case Refusal.ReservedName(Resource resource) ->
                ACCESS_REFUSED.because(
                        "%s name '%s' contains reserved prefix 'amq.*'".formatted(kind(resource), resource.name()));
            case Refusal.DefaultExchange() -> ACCESS_REFUSED.because("operation not permitted on the default exchange");
            case Refusal.SystemExchange(Resource resource) ->
                ACCESS_REFUSED.because("deletion of system " + place(resource) + " not allowed");
            case Refusal.UnknownExchangeType(String type) ->
                PRECONDITION_FAILED.because("unknown exchange type '" + type + "'");
            case Refusal.InternalExchange(Resource resource) ->
                ACCESS_REFUSED.because("cannot publish to internal " + place(resource));
            case Refusal.InUse(Resource resource) -> PRECONDITION_FAILED.because(place(resource) + " in use");
            case Refusal.NotEmpty(Resource resource) -> PRECONDITION_FAILED.because(place(resource) + " not empty");
            case Refusal.Locked(Resource resource) ->
                RESOURCE_LOCKED.because("cannot obtain exclusive access to locked " + place(resource)
                        + ". It could be originally declared on another connection or the exclusive property value does"
                        + " not match that of the original declaration.");
            case Refusal.ExclusiveUse(Resource resource) ->
                ACCESS_REFUSED.because(place(resource) + " in exclusive use");
            case Refusal.SingleActiveConsumer(Resource resource) ->
                RESOURCE_LOCKED.because("cannot obtain access to locked " + place(resource)
                        + ". basic.get operations are not supported by quorum queues with single active consumer");
            case Refusal.InvalidArgument(Resource resource, String argument, String detail) ->
                PRECONDITION_FAILED.because("invalid arg '%s' for %s: %s".formatted(argument, place(resource), detail));
            case Refusal.InvalidProperty(Resource resource, String property) ->
                PRECONDITION_FAILED.because("invalid property '%s' for %s".formatted(property, place(resource)));
            case Refusal.NotForStreams(Resource queue, Refusal.Use use) -> notForStreams(queue, use);
            case Refusal.Unsupported(Resource resource, String what) ->
                PRECONDITION_FAILED.because("unsupported " + what + " asked for by " + place(resource));
            case Refusal.Malformed(String text) -> PRECONDITION_FAILED.because(text);
            case Refusal.TooLarge(long bytes, long limit) -> PRECONDITION_FAILED.because(tooLarge(bytes, limit));
            case Refusal.LimitReached(String limit) -> PRECONDITION_FAILED.because(limit);
        };
    }

    private static AmqpException notForStreams(Resource queue, Refusal.Use use) {
        return switch (use) {
            case GET -> NOT_IMPLEMENTED.because("basic.get not supported by stream queues " + place(queue));
            case PURGE -> NOT_IMPLEMENTED.because("queue.purge not supported by stream queues " + place(queue));
            case CONSUME_WITHOUT_PREFETCH ->
                PRECONDITION_FAILED.because("consumer prefetch count is not set for stream " + place(queue));
            case CONSUME_WITHOUT_ACK ->
                NOT_IMPLEMENTED.because("automatic acknowledgement not supported by stream " + place(queue));
            case CONSUME_WITH_SHARED_PREFETCH -> NOT_IMPLEMENTED.because(place(queue) + " does not support global qos");
        };
    }

    /// What stands in the way of opening a vhost ends the connection, whatever it is.
    static AmqpException ofOpening(Refusal refusal) {
        return NOT_ALLOWED.because(of(refusal).getMessage());
    }

    static String tooLarge(long bytes, long limit) {
        return "message size " + bytes + " is larger than configured max size " + limit;
    }

    private static String inequivalent(Refusal.Inequivalent refusal) {
        return "inequivalent arg '%s' for %s: received %s but current is %s"
                .formatted(
                        refusal.argument(),
                        place(refusal.resource()),
                        value(refusal.received()),
                        value(refusal.current()));
    }

    private static String value(Optional<Refusal.Value> value) {
        return value.map(present -> present.type().isEmpty()
                        ? "'" + present.text() + "'"
                        : "the value '" + present.text() + "' of type '" + present.type() + "'")
                .orElse("none");
    }

    /// `queue 'Q' in vhost 'V'`
    private static String place(Resource resource) {
        return kind(resource) + " '" + resource.name() + "' in vhost '" + resource.vhost() + "'";
    }

    private static String kind(Resource resource) {
        return switch (resource.kind()) {
            case EXCHANGE -> "exchange";
            case QUEUE -> "queue";
            case TOPIC -> "topic";
        };
    }
}
