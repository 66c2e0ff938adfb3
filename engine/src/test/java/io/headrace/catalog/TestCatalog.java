package io.headrace.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.EntryFrame;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A catalog with one vhost, in which every change takes the way through its bytes.
final class TestCatalog {
    static final String VHOST = "v";
    static final long ME = 7;
    static final long OTHER = 8;
    static final String GENERATED = "amq.gen-AAAAAAAAAAAAAAAAAAAAAA";

    private static final int FRAME_START = 5; // an entry does not begin where its page does

    final Catalog catalog = new Catalog();
    private long nextOffset;

    private static long topicIds;

    static UUID topicId() {
        return new UUID(1, ++topicIds);
    }

    TestCatalog() {
        carryOut(catalog.operators().decideAddVhost(VHOST));
    }

    /// Logs and applies what was decided, if it is a change, and returns the outcome.
    <T> T carryOut(Decision<T> decision) {
        return switch (decision) {
            case Decision.Change<T>(List<CatalogOperation> operations, T outcome) -> {
                log(operations);
                yield outcome;
            }
            case Decision.NoChange<T>(T outcome) -> outcome;
            case Decision.Refused<T>(Refusal refusal) -> throw new AssertionError("refused: " + refusal);
        };
    }

    void log(List<CatalogOperation> operations) {
        applyTo(catalog, nextOffset++, operations);
    }

    static void applyTo(Catalog catalog, long offset, List<CatalogOperation> operations) {
        int bytes = CatalogOperation.sizeBytes(operations);
        int valueStart = FRAME_START + EntryFrame.VALUE_START;
        ByteBuffer page = ByteBuffer.allocate(valueStart + bytes + EntryFrame.TRAILER_BYTES);
        assertThat(CatalogOperation.encode(operations, page, valueStart)).isEqualTo(valueStart + bytes);
        catalog.apply(offset, 0, page, FRAME_START, bytes);
    }

    Decision<QueueDefinition> decideQueue(String name, boolean durable, boolean exclusive, boolean autoDelete) {
        return decideQueue(name, durable, exclusive, autoDelete, FieldTable.EMPTY);
    }

    Decision<QueueDefinition> decideQueue(
            String name, boolean durable, boolean exclusive, boolean autoDelete, FieldTable arguments) {
        var declaration = new QueueDeclaration(VHOST, name, durable, exclusive, autoDelete, arguments);
        return catalog.decideDeclareQueue(declaration, ME, () -> GENERATED, TestCatalog::topicId);
    }

    Decision<QueueDefinition> decideQueue(String name, FieldTable arguments) {
        return decideQueue(name, true, false, false, arguments);
    }

    QueueDefinition queue(String name) {
        return carryOut(decideQueue(name, true, false, false));
    }

    Decision<ExchangeDefinition> decideExchange(String name, String type, FieldTable arguments) {
        return catalog.decideDeclareExchange(new ExchangeDeclaration(VHOST, name, type, true, false, false, arguments));
    }

    ExchangeDefinition exchange(String name, String type) {
        return carryOut(decideExchange(name, type, FieldTable.EMPTY));
    }

    ExchangeDefinition autoDeleteExchange(String name) {
        return carryOut(catalog.decideDeclareExchange(
                new ExchangeDeclaration(VHOST, name, "direct", true, true, false, FieldTable.EMPTY)));
    }

    BindingKey bind(BindingKey binding) {
        return carryOut(catalog.decideBind(VHOST, binding, ME));
    }

    static BindingKey toQueue(String exchange, String queue, String key) {
        return new BindingKey(exchange, false, queue, key, FieldTable.EMPTY);
    }

    static BindingKey toExchange(String source, String destination, String key) {
        return new BindingKey(source, true, destination, key, FieldTable.EMPTY);
    }

    static FieldTable arguments(Object... namesAndValues) {
        Map<String, FieldValue> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            fields.put(
                    (String) namesAndValues[i],
                    value instanceof String text ? FieldValue.LongString.of(text) : (FieldValue) value);
        }
        return new FieldTable(fields);
    }

    static FieldValue number(long value) {
        return new FieldValue.Int64(value);
    }

    static Refusal refusal(Decision<?> decision) {
        return switch (decision) {
            case Decision.Refused<?>(Refusal refusal) -> refusal;
            case Decision.Change<?> change -> throw new AssertionError("not refused: " + change);
            case Decision.NoChange<?> same -> throw new AssertionError("not refused: " + same);
        };
    }
}
