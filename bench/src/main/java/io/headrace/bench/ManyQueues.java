package io.headrace.bench;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DeliverCallback;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/// Persistent messages to many durable queues in turn, with confirms, while another connection consumes
/// them all and acknowledges each message.
record ManyQueues(Span span, int queues, int bytes) implements Workload {
    private static final int IN_FLIGHT = 200;
    private static final int PREFETCH = 200;

    @Override
    public void run(ConnectionFactory broker, Report report) throws Exception {
        try (var publishing = broker.newConnection();
                var consuming = broker.newConnection();
                var publisher = publishing.createChannel();
                var consumer = consuming.createChannel()) {
            var prefix = "many-" + System.nanoTime() + "-";
            var names = IntStream.range(0, queues).mapToObj(i -> prefix + i).toArray(String[]::new);
            for (var name : names) {
                publisher.queueDeclare(name, true, false, false, null);
            }
            var received = consume(consumer, names);
            publish(publisher, names, received, report);
            for (var name : names) {
                publisher.queueDelete(name);
            }
        }
    }

    private static AtomicLong consume(Channel channel, String[] names) throws IOException {
        var received = new AtomicLong();
        DeliverCallback acknowledge = (tag, message) -> {
            channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
            received.incrementAndGet();
        };
        channel.basicQos(PREFETCH);
        for (var name : names) {
            channel.basicConsume(name, false, acknowledge, tag -> {});
        }
        return received;
    }

    private void publish(Channel channel, String[] names, AtomicLong received, Report report) throws Exception {
        channel.confirmSelect();
        var window = new ConfirmWindow(IN_FLIGHT);
        channel.addConfirmListener(window);
        var body = new byte[bytes];
        long start = System.nanoTime();
        long countedFrom = 0;
        long receivedBefore = 0;
        long sentBefore = 0;
        long sent = 0;
        for (long now = start; now < span.end(start); now = System.nanoTime()) {
            if (countedFrom == 0 && now >= span.countFrom(start)) {
                report.begin();
                countedFrom = System.nanoTime();
                receivedBefore = received.get();
                sentBefore = sent;
            }
            window.enter(channel.getNextPublishSeqNo());
            var name = names[(int) (sent++ % names.length)];
            channel.basicPublish("", name, MessageProperties.MINIMAL_PERSISTENT_BASIC, body);
        }
        double seconds = (System.nanoTime() - countedFrom) / 1e9;
        long delivered = received.get() - receivedBefore;
        report.end(Map.of(
                "messages", delivered, "sent_s", (sent - sentBefore) / seconds, "received_s", delivered / seconds));
    }
}
