package io.headrace.shovel;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.headrace.message.FieldValue;
import io.headrace.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a shovel writes on each message: where it goes, where it came by, properties. A message of which
/// nothing is to be changed keeps its properties byte by byte.
///
/// Threads: the shovel's.
final class Stamp {
    private static final String SHOVELLED = "x-shovelled";
    private static final String TIMESTAMP = "x-shovelled-timestamp";

    private final ShovelDefinition.To to;
    private final Map<String, Object> hop;
    private final Clock clock;

    /// @param shovelledBy the cluster's name
    Stamp(ShovelDefinition definition, String shovelledBy, ShovelUri source, ShovelUri destination, Clock clock) {
        this.to = definition.to();
        this.hop = hop(definition, shovelledBy, source, destination);
        this.clock = clock;
    }

    private static Map<String, Object> hop(
            ShovelDefinition definition, String shovelledBy, ShovelUri source, ShovelUri destination) {
        Map<String, Object> hop = new LinkedHashMap<>();
        hop.put("shovelled-by", shovelledBy);
        hop.put("shovel-type", "dynamic");
        hop.put("shovel-name", definition.name());
        hop.put("shovel-vhost", definition.vhost());
        definition.ends(source, destination).forEach((key, value) -> {
            if (!key.endsWith("_protocol")) {
                hop.put(key.replace('_', '-'), value);
            }
        });
        return hop;
    }

    Message stamped(Message message) throws ShovelTrouble {
        boolean same = to.properties().isEmpty() && !to.addForwardHeaders() && !to.addTimestampHeader();
        return new Message(
                to.exchangeFor(message),
                to.routingKeyFor(message),
                same ? message.properties() : changed(message.properties()),
                message.body());
    }

    private byte[] changed(byte[] block) throws ShovelTrouble {
        var properties = PropertyBlock.read(block);
        var builder = properties.builder();
        to.properties().fields().forEach((name, value) -> set(builder, name, value));
        if (to.addForwardHeaders() || to.addTimestampHeader()) {
            Map<String, Object> headers = new HashMap<>();
            if (properties.getHeaders() != null) {
                headers.putAll(properties.getHeaders());
            }
            if (to.addForwardHeaders()) {
                List<Object> hops = new ArrayList<>();
                hops.add(hop);
                if (headers.get(SHOVELLED) instanceof List<?> earlier) {
                    hops.addAll(earlier);
                }
                headers.put(SHOVELLED, hops);
            }
            if (to.addTimestampHeader()) {
                headers.put(TIMESTAMP, clock.millis() / 1_000);
            }
            builder.headers(headers);
        }
        return PropertyBlock.write(builder.build());
    }

    private static void set(BasicProperties.Builder builder, String name, FieldValue value) {
        int number = (int) value.integer().orElse(0);
        var text = value instanceof FieldValue.LongString string ? string.text() : "";
        switch (name) {
            case "content_type" -> builder.contentType(text);
            case "content_encoding" -> builder.contentEncoding(text);
            case "delivery_mode" -> builder.deliveryMode(number);
            case "priority" -> builder.priority(number);
            case "correlation_id" -> builder.correlationId(text);
            case "reply_to" -> builder.replyTo(text);
            case "expiration" -> builder.expiration(text);
            case "message_id" -> builder.messageId(text);
            case "timestamp" -> builder.timestamp(new Date(value.integer().orElse(0) * 1_000));
            case "type" -> builder.type(text);
            case "user_id" -> builder.userId(text);
            case "app_id" -> builder.appId(text);
            case "cluster_id" -> builder.clusterId(text);
            default -> throw new IllegalStateException("a property that the rules let pass: " + name);
        }
    }
}
