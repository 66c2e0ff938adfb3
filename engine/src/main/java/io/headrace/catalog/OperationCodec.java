package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.AddBinding;
import io.headrace.catalog.CatalogOperation.AddExchange;
import io.headrace.catalog.CatalogOperation.AddPartitions;
import io.headrace.catalog.CatalogOperation.AddQueue;
import io.headrace.catalog.CatalogOperation.AddTopic;
import io.headrace.catalog.CatalogOperation.AddVhost;
import io.headrace.catalog.CatalogOperation.PutPermission;
import io.headrace.catalog.CatalogOperation.PutSettings;
import io.headrace.catalog.CatalogOperation.PutTopicSettings;
import io.headrace.catalog.CatalogOperation.PutUser;
import io.headrace.catalog.CatalogOperation.RemoveBinding;
import io.headrace.catalog.CatalogOperation.RemoveExchange;
import io.headrace.catalog.CatalogOperation.RemovePermission;
import io.headrace.catalog.CatalogOperation.RemoveQueue;
import io.headrace.catalog.CatalogOperation.RemoveTopic;
import io.headrace.catalog.CatalogOperation.RemoveUser;
import io.headrace.catalog.CatalogOperation.RemoveVhost;
import io.headrace.message.FieldTable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// Operations to bytes and back, as the package comment draws them.
final class OperationCodec {
    static final int VERSION = 2;
    /// Before users had limits.
    private static final int NO_LIMITS_VERSION = 1;

    // The numbers are on disk: never change or reuse one.
    private static final int ADD_VHOST = 1;
    private static final int REMOVE_VHOST = 2;
    private static final int ADD_EXCHANGE = 3;
    private static final int REMOVE_EXCHANGE = 4;
    private static final int ADD_QUEUE = 5;
    private static final int REMOVE_QUEUE = 6;
    private static final int ADD_BINDING = 7;
    private static final int REMOVE_BINDING = 8;
    private static final int PUT_USER = 9;
    private static final int REMOVE_USER = 10;
    private static final int PUT_PERMISSION = 11;
    private static final int REMOVE_PERMISSION = 12;
    private static final int ADD_TOPIC = 13;
    private static final int REMOVE_TOPIC = 14;
    private static final int ADD_PARTITIONS = 15;
    private static final int PUT_TOPIC_SETTINGS = 16;
    private static final int PUT_SETTINGS = 17;

    private OperationCodec() {}

    static void writeBatch(List<CatalogOperation> operations, OperationSink sink) {
        sink.u8(VERSION);
        sink.i32(operations.size());
        operations.forEach(operation -> write(operation, sink));
    }

    static List<CatalogOperation> readBatch(OperationSource source) {
        int version = source.u8();
        if (version != VERSION && version != NO_LIMITS_VERSION) {
            throw new IllegalStateException("catalog batch of version " + version + ", known is up to " + VERSION
                    + ": a newer Headrace wrote it");
        }
        int count = source.i32();
        List<CatalogOperation> operations = new ArrayList<>(Math.clamp(count, 0, source.remaining()));
        for (int i = 0; i < count; i++) {
            operations.add(read(source, version));
        }
        return operations;
    }

    private static void write(CatalogOperation operation, OperationSink sink) {
        switch (operation) {
            case AddVhost(String vhost) -> names(sink, ADD_VHOST, vhost);
            case RemoveVhost(String vhost) -> names(sink, REMOVE_VHOST, vhost);
            case AddExchange(ExchangeDefinition exchange) -> writeExchange(sink, exchange);
            case RemoveExchange(String vhost, String name) -> names(sink, REMOVE_EXCHANGE, vhost, name);
            case AddQueue(QueueDefinition queue) -> writeQueue(sink, queue);
            case RemoveQueue(String vhost, String name) -> names(sink, REMOVE_QUEUE, vhost, name);
            case AddBinding(String vhost, BindingKey binding) -> writeBinding(sink, ADD_BINDING, vhost, binding);
            case RemoveBinding(String vhost, BindingKey binding) -> writeBinding(sink, REMOVE_BINDING, vhost, binding);
            case PutUser(UserDefinition user) -> writeUser(sink, user);
            case RemoveUser(String name) -> names(sink, REMOVE_USER, name);
            case PutPermission(String user, String vhost, Permission permission) ->
                names(sink, PUT_PERMISSION, user, vhost, permission.configure(), permission.write(), permission.read());
            case RemovePermission(String user, String vhost) -> names(sink, REMOVE_PERMISSION, user, vhost);
            case AddTopic(TopicDefinition topic) -> writeTopic(sink, topic);
            case RemoveTopic(String vhost, String name) -> names(sink, REMOVE_TOPIC, vhost, name);
            case AddPartitions(String vhost, String name, List<Integer> added) -> {
                names(sink, ADD_PARTITIONS, vhost, name);
                writeNumbers(sink, added);
            }
            case PutTopicSettings(String vhost, String name, SortedMap<String, String> settings) -> {
                names(sink, PUT_TOPIC_SETTINGS, vhost, name);
                writeSettings(sink, settings);
            }
            case PutSettings(String name, SortedMap<String, String> settings) -> {
                names(sink, PUT_SETTINGS, name);
                writeSettings(sink, settings);
            }
            case CatalogOperation.ByOperator byOperator -> OperatorCodec.write(byOperator, sink);
        }
    }

    private static CatalogOperation read(OperationSource source, int version) {
        int code = source.u8();
        return switch (code) {
            case ADD_VHOST -> new AddVhost(source.string());
            case REMOVE_VHOST -> new RemoveVhost(source.string());
            case ADD_EXCHANGE -> new AddExchange(readExchange(source));
            case REMOVE_EXCHANGE -> new RemoveExchange(source.string(), source.string());
            case ADD_QUEUE -> new AddQueue(readQueue(source));
            case REMOVE_QUEUE -> new RemoveQueue(source.string(), source.string());
            case ADD_BINDING -> new AddBinding(source.string(), readBinding(source));
            case REMOVE_BINDING -> new RemoveBinding(source.string(), readBinding(source));
            case PUT_USER -> new PutUser(readUser(source, version > NO_LIMITS_VERSION));
            case REMOVE_USER -> new RemoveUser(source.string());
            case PUT_PERMISSION -> new PutPermission(source.string(), source.string(), readPermission(source));
            case REMOVE_PERMISSION -> new RemovePermission(source.string(), source.string());
            case ADD_TOPIC -> new AddTopic(readTopic(source));
            case REMOVE_TOPIC -> new RemoveTopic(source.string(), source.string());
            case ADD_PARTITIONS -> new AddPartitions(source.string(), source.string(), readNumbers(source));
            case PUT_TOPIC_SETTINGS -> new PutTopicSettings(source.string(), source.string(), readSettings(source));
            case PUT_SETTINGS -> new PutSettings(source.string(), readSettings(source));
            default -> OperatorCodec.read(code, source);
        };
    }

    static void names(OperationSink sink, int code, String... names) {
        sink.u8(code);
        for (String name : names) {
            sink.string(name);
        }
    }

    private static void writeExchange(OperationSink sink, ExchangeDefinition exchange) {
        names(
                sink,
                ADD_EXCHANGE,
                exchange.vhost(),
                exchange.name(),
                exchange.type().wireName());
        sink.flag(exchange.durable());
        sink.flag(exchange.autoDelete());
        sink.flag(exchange.internal());
        sink.table(exchange.arguments());
    }

    private static ExchangeDefinition readExchange(OperationSource source) {
        return new ExchangeDefinition(
                source.string(),
                source.string(),
                exchangeType(source.string()),
                source.flag(),
                source.flag(),
                source.flag(),
                source.table());
    }

    private static ExchangeType exchangeType(String name) {
        return ExchangeType.of(name).orElseThrow(() -> new IllegalStateException("unknown exchange type " + name));
    }

    private static void writeQueue(OperationSink sink, QueueDefinition queue) {
        sink.u8(ADD_QUEUE);
        sink.i32(queue.id());
        sink.string(queue.vhost());
        sink.string(queue.name());
        sink.string(queue.type().wireName());
        sink.flag(queue.durable());
        sink.i64(queue.exclusiveOwner());
        sink.flag(queue.autoDelete());
        sink.table(queue.arguments());
        if (queue.type() == QueueType.STREAM) {
            sink.flag(queue.view());
        }
    }

    private static QueueDefinition readQueue(OperationSource source) {
        int id = source.i32();
        String vhost = source.string();
        String name = source.string();
        QueueType type = queueType(source.string());
        boolean durable = source.flag();
        long exclusiveOwner = source.i64();
        boolean autoDelete = source.flag();
        FieldTable arguments = source.table();
        boolean view = type == QueueType.STREAM && source.flag();
        return new QueueDefinition(id, vhost, name, type, durable, exclusiveOwner, autoDelete, arguments, view);
    }

    static QueueType queueType(String name) {
        return QueueType.of(name).orElseThrow(() -> new IllegalStateException("unknown queue type " + name));
    }

    private static void writeBinding(OperationSink sink, int code, String vhost, BindingKey binding) {
        sink.u8(code);
        sink.string(vhost);
        sink.string(binding.source());
        sink.flag(binding.toExchange());
        sink.string(binding.destination());
        sink.string(binding.routingKey());
        sink.table(binding.arguments());
    }

    private static BindingKey readBinding(OperationSource source) {
        return new BindingKey(source.string(), source.flag(), source.string(), source.string(), source.table());
    }

    private static void writeUser(OperationSink sink, UserDefinition user) {
        names(sink, PUT_USER, user.name(), user.passwordHash());
        sink.i32(user.tags().size());
        user.tags().forEach(sink::string);
        sink.i32(user.limits().size());
        user.limits().forEach((limit, value) -> {
            sink.string(limit);
            sink.i64(value);
        });
    }

    private static UserDefinition readUser(OperationSource source, boolean withLimits) {
        String name = source.string();
        String passwordHash = source.string();
        Set<String> tags = new LinkedHashSet<>();
        int count = source.i32();
        for (int i = 0; i < count; i++) {
            tags.add(source.string());
        }
        SortedMap<String, Long> limits = new TreeMap<>();
        int limitCount = withLimits ? source.i32() : 0;
        for (int i = 0; i < limitCount; i++) {
            limits.put(source.string(), source.i64());
        }
        return new UserDefinition(name, passwordHash, tags, limits);
    }

    private static Permission readPermission(OperationSource source) {
        return new Permission(source.string(), source.string(), source.string());
    }

    private static void writeTopic(OperationSink sink, TopicDefinition topic) {
        names(sink, ADD_TOPIC, topic.vhost(), topic.name());
        sink.i64(topic.id().getMostSignificantBits());
        sink.i64(topic.id().getLeastSignificantBits());
        writeNumbers(sink, topic.partitions());
        writeSettings(sink, topic.settings());
    }

    private static TopicDefinition readTopic(OperationSource source) {
        return new TopicDefinition(
                source.string(),
                source.string(),
                new UUID(source.i64(), source.i64()),
                readNumbers(source),
                readSettings(source));
    }

    private static void writeNumbers(OperationSink sink, List<Integer> numbers) {
        sink.i32(numbers.size());
        numbers.forEach(sink::i32);
    }

    private static List<Integer> readNumbers(OperationSource source) {
        int count = source.i32();
        List<Integer> numbers = new ArrayList<>(Math.clamp(count, 0, source.remaining()));
        for (int i = 0; i < count; i++) {
            numbers.add(source.i32());
        }
        return numbers;
    }

    private static void writeSettings(OperationSink sink, SortedMap<String, String> settings) {
        sink.i32(settings.size());
        settings.forEach((key, value) -> {
            sink.string(key);
            sink.string(value);
        });
    }

    private static SortedMap<String, String> readSettings(OperationSource source) {
        SortedMap<String, String> settings = new TreeMap<>();
        int count = source.i32();
        for (int i = 0; i < count; i++) {
            settings.put(source.string(), source.string());
        }
        return settings;
    }
}
