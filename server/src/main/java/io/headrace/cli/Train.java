package io.headrace.cli;

import io.headrace.server.Headrace;
import io.headrace.server.HeadraceConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// `headrace train`: a broker that lives for a few seconds, for the JVM to write down what a start loads
/// and links (`-XX:AOTCacheOutput`). Started by the launcher, on a directory that is thrown away.
final class Train implements Command {
    private static final int ROUNDS = 20;
    private static final int ROUNDS_OF_TIMERS = 5;
    private static final int MESSAGES = 1_000;
    private static final int CONNECTIONS = 200;
    private static final int QUEUES = 2_000;
    private static final int TOPICS = 40;
    private static final int BATCHES = 200;
    private static final int SMALL_RECORDS = 150; // as many as batch.size of 16 KiB takes

    private final PrintStream out;
    private final PrintStream err;

    Train(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public int run(HeadraceConfig config) throws IOException {
        ConsoleLog.install(config.logging().level(), err);
        try (var headrace = Headrace.start(config)) {
            new Start(out, err).sayReady(headrace, config); // whatever a start does is to be in the cache
            int port = port(headrace, "amqp");
            for (int i = 0; i < CONNECTIONS; i++) {
                new TrainingClient(port).close();
            }
            try (var client = new TrainingClient(port)) {
                client.declare(QUEUES);
                client.consume();
                for (int i = 0; i < ROUNDS; i++) {
                    client.run(MESSAGES);
                }
                for (int i = 0; i < ROUNDS_OF_TIMERS; i++) {
                    client.die(MESSAGES);
                    client.delay(MESSAGES);
                }
            }
            trainTopics(port(headrace, "kafka"));
            get(port(headrace, "management"), "/api/overview");
            get(port(headrace, "management"), "/api/queues?page=1");
            get(port(headrace, "metrics"), "/metrics");
        }
        out.println("trained with " + ROUNDS * MESSAGES + " messages");
        return Exit.DONE;
    }

    // New clients and topics again and again, enough batches for the optimising compiler. Fetches come last: what it
    // knows from here is used as soon as all classes it looked at are initialised, and with a broker that is only
    // produced to, those of a fetch never are.
    private static void trainTopics(int port) throws IOException {
        for (int i = 0; i < TOPICS; i++) {
            try (var client = new KafkaTraining(port, "training-" + i)) {
                client.begin();
                client.produce(BATCHES, SMALL_RECORDS, 100);
                client.produce(BATCHES, SMALL_RECORDS / 10, 1_000);
                if (i == TOPICS - 1) {
                    client.consume(SMALL_RECORDS);
                    client.commit();
                }
                client.end();
            }
        }
    }

    private static void get(int port, String target) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            var credentials = Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.US_ASCII));
            var request = "GET " + target + " HTTP/1.1\r\nconnection: close\r\nauthorization: Basic " + credentials
                    + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            if (!answer.startsWith("HTTP/1.1 200")) {
                throw new IOException(target + " was answered with "
                        + answer.lines().findFirst().orElse("nothing"));
            }
        }
    }

    private static int port(Headrace headrace, String listener) {
        var found = headrace.listeners().stream()
                .filter(line -> line.startsWith(listener + " "))
                .findFirst()
                .orElseThrow();
        return Integer.parseInt(found.substring(found.lastIndexOf(':') + 1));
    }
}
