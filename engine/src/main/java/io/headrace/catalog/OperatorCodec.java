package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.AddAcl;
import io.headrace.catalog.CatalogOperation.ByOperator;
import io.headrace.catalog.CatalogOperation.PutGlobalParameter;
import io.headrace.catalog.CatalogOperation.PutParameter;
import io.headrace.catalog.CatalogOperation.PutPolicy;
import io.headrace.catalog.CatalogOperation.PutTopicPermission;
import io.headrace.catalog.CatalogOperation.PutVhost;
import io.headrace.catalog.CatalogOperation.RemoveAcl;
import io.headrace.catalog.CatalogOperation.RemoveGlobalParameter;
import io.headrace.catalog.CatalogOperation.RemoveParameter;
import io.headrace.catalog.CatalogOperation.RemovePolicy;
import io.headrace.catalog.CatalogOperation.RemoveTopicPermission;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The operations that only operators cause, to bytes and back, as the package comment draws them.
final class OperatorCodec {
    // The numbers are on disk: never change or reuse one. Those below are in OperationCodec.
    private static final int PUT_VHOST = 18;
    private static final int PUT_TOPIC_PERMISSION = 19;
    private static final int REMOVE_TOPIC_PERMISSION = 20;
    private static final int PUT_POLICY = 21;
    private static final int REMOVE_POLICY = 22;
    private static final int PUT_PARAMETER = 23;
    private static final int REMOVE_PARAMETER = 24;
    private static final int PUT_GLOBAL_PARAMETER = 25;
    private static final int REMOVE_GLOBAL_PARAMETER = 26;
    private static final int ADD_ACL = 27;
    private static final int REMOVE_ACL = 28;

    /// A value is a table with one field, of this name.
    private static final String VALUE = "value";

    private OperatorCodec() {}

    static void write(ByOperator operation, OperationSink sink) {
        switch (operation) {
            case PutVhost(VhostDefinition vhost) -> writeVhost(sink, vhost);
            case PutTopicPermission(String user, String vhost, TopicPermission permission) ->
                OperationCodec.names(
                        sink,
                        PUT_TOPIC_PERMISSION,
                        user,
                        vhost,
                        permission.exchange(),
                        permission.write(),
                        permission.read());
            case RemoveTopicPermission(String user, String vhost, String exchange) ->
                OperationCodec.names(sink, REMOVE_TOPIC_PERMISSION, user, vhost, exchange);
            case PutPolicy(Policy policy) -> writePolicy(sink, policy);
            case RemovePolicy(String vhost, String name, boolean operator) -> {
                OperationCodec.names(sink, REMOVE_POLICY, vhost, name);
                sink.flag(operator);
            }
            case PutParameter(Parameter parameter) -> {
                OperationCodec.names(sink, PUT_PARAMETER, parameter.component(), parameter.vhost(), parameter.name());
                writeValue(sink, parameter.value());
            }
            case RemoveParameter(String component, String vhost, String name) ->
                OperationCodec.names(sink, REMOVE_PARAMETER, component, vhost, name);
            case PutGlobalParameter(String name, FieldValue value) -> {
                OperationCodec.names(sink, PUT_GLOBAL_PARAMETER, name);
                writeValue(sink, value);
            }
            case RemoveGlobalParameter(String name) -> OperationCodec.names(sink, REMOVE_GLOBAL_PARAMETER, name);
            case AddAcl(Acl acl) -> writeAcl(sink, ADD_ACL, acl);
            case RemoveAcl(Acl acl) -> writeAcl(sink, REMOVE_ACL, acl);
        }
    }

    static CatalogOperation read(int code, OperationSource source) {
        return switch (code) {
            case PUT_VHOST -> new PutVhost(readVhost(source));
            case PUT_TOPIC_PERMISSION ->
                new PutTopicPermission(source.string(), source.string(), readTopicPermission(source));
            case REMOVE_TOPIC_PERMISSION ->
                new RemoveTopicPermission(source.string(), source.string(), source.string());
            case PUT_POLICY -> new PutPolicy(readPolicy(source));
            case REMOVE_POLICY -> new RemovePolicy(source.string(), source.string(), source.flag());
            case PUT_PARAMETER ->
                new PutParameter(new Parameter(source.string(), source.string(), source.string(), readValue(source)));
            case REMOVE_PARAMETER -> new RemoveParameter(source.string(), source.string(), source.string());
            case PUT_GLOBAL_PARAMETER -> new PutGlobalParameter(source.string(), readValue(source));
            case REMOVE_GLOBAL_PARAMETER -> new RemoveGlobalParameter(source.string());
            case ADD_ACL -> new AddAcl(readAcl(source));
            case REMOVE_ACL -> new RemoveAcl(readAcl(source));
            default -> throw new IllegalStateException("unknown catalog operation " + code);
        };
    }

    private static void writeAcl(OperationSink sink, int code, Acl acl) {
        sink.u8(code);
        sink.u8(acl.type().code());
        sink.u8(acl.pattern().code());
        sink.u8(acl.operation().code());
        sink.u8(acl.effect().code());
        sink.string(acl.name());
        sink.string(acl.principal());
        sink.string(acl.host());
    }

    private static Acl readAcl(OperationSource source) {
        try {
            var type = Acl.ResourceType.of(source.u8());
            var pattern = Acl.Pattern.of(source.u8());
            var operation = Acl.Operation.of(source.u8());
            var effect = Acl.Effect.of(source.u8());
            return new Acl(type, pattern, source.string(), source.string(), source.string(), operation, effect);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("an access control list in the catalog's log", e);
        }
    }

    private static void writeVhost(OperationSink sink, VhostDefinition vhost) {
        OperationCodec.names(sink, PUT_VHOST, vhost.name(), vhost.description());
        sink.i32(vhost.tags().size());
        vhost.tags().forEach(sink::string);
        sink.string(vhost.defaultQueueType().map(QueueType::wireName).orElse(""));
        sink.flag(vhost.tracing());
        sink.flag(vhost.protectedFromDeletion());
    }

    private static VhostDefinition readVhost(OperationSource source) {
        String name = source.string();
        String description = source.string();
        List<String> tags = new ArrayList<>();
        int count = source.i32();
        for (int i = 0; i < count; i++) {
            tags.add(source.string());
        }
        String type = source.string();
        return new VhostDefinition(
                name,
                description,
                tags,
                type.isEmpty() ? Optional.empty() : Optional.of(OperationCodec.queueType(type)),
                source.flag(),
                source.flag());
    }

    private static TopicPermission readTopicPermission(OperationSource source) {
        return new TopicPermission(source.string(), source.string(), source.string());
    }

    private static void writePolicy(OperationSink sink, Policy policy) {
        OperationCodec.names(sink, PUT_POLICY, policy.vhost(), policy.name(), policy.pattern());
        sink.table(policy.definition());
        sink.i32(policy.priority());
        sink.string(policy.applyTo().wireName());
        sink.flag(policy.operator());
    }

    private static Policy readPolicy(OperationSource source) {
        return new Policy(
                source.string(),
                source.string(),
                source.string(),
                source.table(),
                source.i32(),
                applyTo(source.string()),
                source.flag());
    }

    private static Policy.ApplyTo applyTo(String name) {
        return Policy.ApplyTo.of(name)
                .orElseThrow(() -> new IllegalStateException("policy for unknown things: " + name));
    }

    private static void writeValue(OperationSink sink, FieldValue value) {
        sink.table(asTable(value));
    }

    /// As a value stands in the bytes.
    static FieldTable asTable(FieldValue value) {
        return new FieldTable(Map.of(VALUE, value));
    }

    private static FieldValue readValue(OperationSource source) {
        return source.table().get(VALUE).orElseThrow(() -> new IllegalStateException("a parameter without a value"));
    }
}
