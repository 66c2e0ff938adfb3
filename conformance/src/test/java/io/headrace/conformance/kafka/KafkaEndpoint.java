package io.headrace.conformance.kafka;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Where a broker listens for Kafka's clients. Their settings are given as in a properties file, `acks=all`.
record KafkaEndpoint(String host, int port) {
    static KafkaEndpoint parse(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        return new KafkaEndpoint(hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
    }

    String bootstrap() {
        return host + ":" + port;
    }

    /// For programs in other languages.
    Map<String, String> environment() {
        return Map.of("KAFKA_BOOTSTRAP", bootstrap());
    }

    Admin admin() {
        return Admin.create(settings());
    }

    KafkaProducer<String, String> producer(String... settings) {
        return new KafkaProducer<>(settings(settings), new StringSerializer(), new StringSerializer());
    }

    /// Reads from the start of a topic unless the settings say otherwise.
    KafkaConsumer<String, String> consumer(String... settings) {
        var all = new HashMap<String, Object>(Map.of("auto.offset.reset", "earliest"));
        all.putAll(settings(settings));
        return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    KafkaShareConsumer<String, String> shareConsumer(String group, String... settings) {
        var all = settings(settings);
        all.put("group.id", group);
        return new KafkaShareConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    Map<String, Object> settings(String... settings) {
        var all = new HashMap<String, Object>();
        all.put("bootstrap.servers", bootstrap());
        all.putAll(pairs(settings));
        return all;
    }

    /// `key=value` words.
    static Map<String, String> pairs(String... words) {
        var pairs = new HashMap<String, String>();
        Arrays.stream(words).map(word -> word.split("=", 2)).forEach(pair -> pairs.put(pair[0], pair[1]));
        return pairs;
    }
}
