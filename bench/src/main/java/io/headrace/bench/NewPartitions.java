package io.headrace.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A topic of many partitions is created, and as soon as the broker says so, each gets a record.
record NewPartitions(int partitions) implements KafkaWorkload {
    @Override
    public void run(String bootstrap, Report report) throws Exception {
        var topic = "new-partitions-" + System.nanoTime();
        try (var admin = Admin.create(KafkaWorkload.settings(bootstrap, Map.of()));
                var producer = new KafkaProducer<>(
                        KafkaWorkload.settings(bootstrap, Map.of("acks", "all")),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            admin.describeCluster().nodes().get(); // so that the connection is there
            report.begin();
            long start = System.nanoTime();
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
            long created = System.nanoTime();
            int refused = produce(producer, topic);
            long acknowledged = System.nanoTime();
            report.end(Map.of(
                    "created_ms",
                    (created - start) / 1e6,
                    "acknowledged_ms",
                    (acknowledged - created) / 1e6,
                    "refused",
                    refused,
                    "each",
                    partitions));
            admin.deleteTopics(List.of(topic)).all().get();
        }
    }

    /// @return how many records were not taken, after all that the producer tried
    private int produce(KafkaProducer<byte[], byte[]> producer, String topic) throws InterruptedException {
        var sent = new ArrayList<Future<RecordMetadata>>(partitions);
        for (int partition = 0; partition < partitions; partition++) {
            sent.add(producer.send(new ProducerRecord<>(topic, partition, null, new byte[100])));
        }
        int refused = 0;
        for (Future<RecordMetadata> one : sent) {
            try {
                one.get();
            } catch (ExecutionException e) {
                refused++;
            }
        }
        return refused;
    }
}
