package io.headrace.conformance.kafka;

import java.time.Duration;
import java.util.List;

/// A share consumer that tells every record it gets, acknowledges none, and goes on until it is killed.
final class ShareConsumerProcess {
    private ShareConsumerProcess() {}

    /// @param words topic, which is also the group
    public static void main(String[] words) {
        var kafka = KafkaEndpoint.parse(System.getenv("KAFKA_BOOTSTRAP"));
        try (var consumer = kafka.shareConsumer(words[0], "share.acknowledgement.mode=explicit")) {
            consumer.subscribe(List.of(words[0]));
            while (true) {
                var records = consumer.poll(Duration.ofMillis(200));
                records.forEach(record -> System.out.println("got " + record.value()));
                if (!records.isEmpty()) {
                    System.out.println("holding");
                    hold();
                }
            }
        }
    }

    private static void hold() {
        try {
            Thread.currentThread().join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
