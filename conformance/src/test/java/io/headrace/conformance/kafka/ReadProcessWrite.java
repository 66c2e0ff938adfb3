package io.headrace.conformance.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/// Reads records, writes one for each of them, and commits both in one transaction, until it is killed. Now and then it
/// changes its mind: then what it has written is marked as such, and the transaction is aborted.
final class ReadProcessWrite {
    /// What begins with this was aborted, and nobody must see it.
    static final String ABORTED = "aborted ";

    private static final Duration ONE_POLL = Duration.ofMillis(100);
    private static final int ABORTS_ONE_OF = 10;

    private final KafkaConsumer<String, String> consumer;
    private final KafkaProducer<String, String> producer;
    private final String output;
    private final Random random = new Random();

    private ReadProcessWrite(
            KafkaConsumer<String, String> consumer, KafkaProducer<String, String> producer, String output) {
        this.consumer = consumer;
        this.producer = producer;
        this.output = output;
    }

    /// @param words topics of input and output, the latter also the group, and which of the group's members it is
    public static void main(String[] words) {
        var kafka = KafkaEndpoint.parse(System.getenv("KAFKA_BOOTSTRAP"));
        System.out.println("ready");
        while (true) {
            try {
                run(kafka, words[0], words[1], words[2]);
            } catch (KafkaException e) {
                System.out.println("again: " + e); // fenced, or the broker was away: as after a start
            }
        }
    }

    private static void run(KafkaEndpoint kafka, String input, String output, String member) {
        try (var consumer = kafka.consumer(
                        "group.id=" + output,
                        "group.instance.id=" + member,
                        "session.timeout.ms=6000",
                        "enable.auto.commit=false",
                        "isolation.level=read_committed",
                        "max.poll.records=100",
                        "reconnect.backoff.max.ms=200");
                var producer = kafka.producer(
                        "transactional.id=" + output + "-" + member,
                        "transaction.timeout.ms=10000",
                        "max.block.ms=10000",
                        "linger.ms=5",
                        "reconnect.backoff.max.ms=200")) {
            producer.initTransactions();
            consumer.subscribe(List.of(input));
            var process = new ReadProcessWrite(consumer, producer, output);
            while (true) {
                process.step();
            }
        }
    }

    private void step() {
        var records = consumer.poll(ONE_POLL);
        if (records.isEmpty()) {
            return;
        }
        boolean abort = random.nextInt(ABORTS_ONE_OF) == 0;
        producer.beginTransaction();
        for (var record : records) {
            var value = abort ? ABORTED + record.value() : record.value();
            producer.send(new ProducerRecord<>(output, record.key(), value));
        }
        producer.sendOffsetsToTransaction(records.nextOffsets(), consumer.groupMetadata());
        if (abort) {
            producer.flush();
            producer.abortTransaction();
            rewind();
        } else {
            producer.commitTransaction();
        }
    }

    /// To what was committed, as if the records had not been read.
    private void rewind() {
        var committed = consumer.committed(consumer.assignment());
        committed.forEach((partition, offset) -> consumer.seek(partition, offset == null ? 0 : offset.offset()));
    }
}
