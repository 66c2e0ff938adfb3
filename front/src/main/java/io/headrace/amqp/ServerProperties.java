package io.headrace.amqp;

import io.headrace.broker.Broker;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.LinkedHashMap;
import java.util.List;

/// What `connection.start` says about us. Clients branch on `product` and `version`, so these are
/// RabbitMQ's.
final class ServerProperties {
    private static final List<String> CAPABILITIES = List.of(
            "publisher_confirms",
            "exchange_exchange_bindings",
            "basic.nack",
            "consumer_cancel_notify",
            "connection.blocked",
            "consumer_priorities",
            "authentication_failure_close",
            "per_consumer_qos",
            "direct_reply_to");

    private ServerProperties() {}

    static FieldTable of(Broker.Identity identity) {
        var capabilities = new LinkedHashMap<String, FieldValue>();
        CAPABILITIES.forEach(name -> capabilities.put(name, new FieldValue.Bool(true)));
        var properties = new LinkedHashMap<String, FieldValue>();
        properties.put("capabilities", new FieldValue.Table(new FieldTable(capabilities)));
        properties.put("cluster_name", FieldValue.LongString.of(identity.clusterName()));
        properties.put("copyright", FieldValue.LongString.of("The Headrace authors"));
        properties.put("information", FieldValue.LongString.of("Headrace, a broker that speaks RabbitMQ's protocol"));
        properties.put(
                "platform", FieldValue.LongString.of("Java " + Runtime.version().feature()));
        properties.put("product", FieldValue.LongString.of("RabbitMQ"));
        properties.put("version", FieldValue.LongString.of(identity.version()));
        return new FieldTable(properties);
    }
}
