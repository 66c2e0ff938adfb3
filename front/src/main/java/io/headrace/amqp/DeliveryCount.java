package io.headrace.amqp;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.MessageProperties;
import io.headrace.message.PropertiesCopy;
import io.headrace.message.StoredMessage;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;

/// The header that tells a consumer how often a message was given out in vain: on redeliveries only.
final class DeliveryCount {
    private static final String HEADER = "x-delivery-count";

    private DeliveryCount() {}

    /// The message's properties with the header, from 0 to the limit.
    static ByteBuffer added(StoredMessage message, int attempts) {
        var properties =
                new MessageProperties().wrap(message.page(), message.propertiesStart(), message.propertiesBytes());
        var fields = new LinkedHashMap<String, FieldValue>(properties.headers().fields());
        fields.put(HEADER, new FieldValue.Int64(attempts));
        return PropertiesCopy.of(properties, message.page(), new FieldTable(fields));
    }
}
