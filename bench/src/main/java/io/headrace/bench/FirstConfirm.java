package io.headrace.bench;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/// How long after a line on standard input the broker's port is open, and how long until it has confirmed a
/// persistent message. The broker is not yet started by then, and we are warm: `rehearsals` messages were confirmed by
/// the one that ran before. A client that has never connected takes 150 ms to load its classes, whichever broker it is
/// for.
///
/// @param rehearsals 0 if no broker runs yet
record FirstConfirm(int rehearsals) implements Workload {
    private static final int RETRY_MILLIS = 5;
    private static final int GIVE_UP_MILLIS = 180_000;
    private static final int CONFIRM_TIMEOUT_MILLIS = 5_000;

    @Override
    public void run(ConnectionFactory broker, Report report) throws Exception {
        for (int i = 0; i < rehearsals; i++) {
            publish(broker);
        }
        report.begin();
        report.awaitLine();
        long start = System.nanoTime();
        retry(start, () -> connect(broker));
        long listening = System.nanoTime();
        retry(start, () -> publish(broker));
        long confirmed = System.nanoTime();
        report.end(Map.of("listening_ms", (listening - start) / 1e6, "first_confirm_ms", (confirmed - start) / 1e6));
    }

    private interface Attempt {
        void run() throws IOException, TimeoutException, InterruptedException;
    }

    private static void retry(long start, Attempt attempt) throws Exception {
        while (true) {
            try {
                attempt.run();
                return;
            } catch (IOException | TimeoutException e) {
                if (System.nanoTime() - start > GIVE_UP_MILLIS * 1_000_000L) {
                    throw e;
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    private static void connect(ConnectionFactory broker) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(broker.getHost(), broker.getPort()));
        }
    }

    private static void publish(ConnectionFactory broker) throws IOException, TimeoutException, InterruptedException {
        try (var connection = broker.newConnection();
                var channel = connection.createChannel()) {
            channel.queueDeclare("first", true, false, false, null);
            channel.confirmSelect();
            channel.basicPublish("", "first", MessageProperties.MINIMAL_PERSISTENT_BASIC, new byte[100]);
            channel.waitForConfirmsOrDie(CONFIRM_TIMEOUT_MILLIS);
        }
    }
}
