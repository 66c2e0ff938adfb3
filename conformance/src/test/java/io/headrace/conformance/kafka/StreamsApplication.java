package io.headrace.conformance.kafka;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Materialized;

/// Counts words with Kafka Streams: lines come in, and for each word of them its new count goes out. The words pass a
/// repartition topic, and the counts are kept in a changelog topic and, while it runs, in a directory.
final class StreamsApplication {
    private StreamsApplication() {}

    /// Runs until it is killed.
    ///
    /// @param words id, topic of lines, topic of counts, directory, settings
    public static void main(String[] words) throws InterruptedException {
        var kafka = KafkaEndpoint.parse(System.getenv("KAFKA_BOOTSTRAP"));
        var settings = Arrays.copyOfRange(words, 4, words.length);
        start(kafka, words[0], words[1], words[2], Path.of(words[3]), settings);
        System.out.println("ready");
        Thread.currentThread().join();
    }

    /// @param id its group, and the first part of its topics' names
    static KafkaStreams start(
            KafkaEndpoint kafka, String id, String lines, String counts, Path directory, String... settings) {
        var all = new Properties();
        all.putAll(kafka.settings(
                "application.id=" + id,
                "state.dir=" + directory,
                "default.key.serde=" + Serdes.StringSerde.class.getName(),
                "default.value.serde=" + Serdes.StringSerde.class.getName(),
                "commit.interval.ms=100",
                "statestore.cache.max.bytes=0", // each word that comes gives one count
                "repartition.purge.interval.ms=500",
                "auto.offset.reset=earliest",
                "session.timeout.ms=6000",
                "reconnect.backoff.max.ms=200"));
        all.putAll(KafkaEndpoint.pairs(settings));
        var streams = new KafkaStreams(topology(lines, counts), all);
        streams.setUncaughtExceptionHandler(failure -> {
            System.out.println("again: " + failure);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        streams.start();
        return streams;
    }

    private static Topology topology(String lines, String counts) {
        var builder = new StreamsBuilder();
        builder.<String, String>stream(lines)
                .flatMapValues(line -> Arrays.asList(line.split(" ")))
                .groupBy((key, word) -> word)
                .count(Materialized.as("counts"))
                .toStream()
                .mapValues(count -> Long.toString(count))
                .to(counts);
        return builder.build();
    }

    static void close(KafkaStreams streams) {
        if (!streams.close(Duration.ofSeconds(60))) {
            throw new IllegalStateException("Streams does not end");
        }
    }
}
