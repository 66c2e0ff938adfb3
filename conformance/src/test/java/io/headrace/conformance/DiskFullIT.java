package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: a full disk stops publishers and nobody else, loses nothing, and passes without a restart.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskFullIT {
    private static final String QUEUE = "full";
    private static final int DISK_MEBIBYTES = 400;
    private static final String[] SMALL_LOG = {
        "--log-file-size", "8MiB", "--log-checkpoint-size", "16MiB", "--log-reserve", "64MiB", "--log-memory", "32MiB"
    };

    @TempDir
    Path folder;

    @Test
    void publishers_are_blocked_and_told_consumers_go_on_and_it_passes() throws Exception {
        var ledger = new Ledger(1, 1);
        try (var disk = LoopDisk.create(folder, DISK_MEBIBYTES)) {
            var data = disk.folder().resolve("data");
            try (var broker = BrokerProcess.start(data, SMALL_LOG)) {
                var publisher = new Publisher(broker.endpoint(), ledger);
                publisher.publish(1_000);
                publisher.awaitConfirms();

                var filler = fill(disk.folder());
                publisher.publishUntilBlocked();
                assertThat(publisher.reason.get()).contains("low on disk");

                try (var consuming = broker.endpoint().connect()) {
                    var channel = consuming.createChannel();
                    for (int i = 0; i < 500; i++) {
                        var got = channel.basicGet(QUEUE, false);
                        ledger.delivered(got.getBody(), got.getEnvelope().isRedeliver());
                        ledger.acknowledged(got.getBody());
                        channel.basicAck(got.getEnvelope().getDeliveryTag(), false);
                    }
                }

                Files.delete(filler);
                publisher.awaitUnblocked();
                publisher.publish(1_000);
                publisher.awaitConfirms();
                publisher.close();

                broker.kill();
                ledger.restarted();
                broker.start();
                Load.drain(broker.endpoint(), ledger, List.of(QUEUE));
                ledger.checkNothingIsLost();
                assertThat(ledger.wrong()).isEmpty();
                broker.terminate();
            }
        }
    }

    /// Leaves less free than the broker keeps in reserve.
    private static Path fill(Path folder) throws IOException {
        var filler = folder.resolve("filler");
        try (OutputStream out = Files.newOutputStream(filler)) {
            var piece = new byte[1 << 20];
            while (Files.getFileStore(folder).getUsableSpace() > 40L << 20) {
                out.write(piece);
            }
        }
        return filler;
    }

    /// One connection that publishes with confirms and listens for `connection.blocked`.
    private static final class Publisher {
        private final Connection connection;
        private final Channel channel;
        private final Ledger ledger;
        private final AtomicReference<String> reason = new AtomicReference<>("");
        private int confirmedBefore;

        Publisher(Endpoint endpoint, Ledger ledger) throws IOException {
            this.ledger = ledger;
            connection = endpoint.connect();
            connection.addBlockedListener(reason::set, () -> reason.set(""));
            channel = connection.createChannel();
            channel.queueDeclare(QUEUE, true, false, false, Map.of());
            channel.confirmSelect();
        }

        void publish(int count) throws IOException {
            for (int i = 0; i < count; i++) {
                channel.basicPublish("", QUEUE, MessageProperties.MINIMAL_PERSISTENT_BASIC, ledger.next(0));
            }
        }

        /// The broker says so after the next publish, and reads nothing more from this connection.
        void publishUntilBlocked() {
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                if (reason.get().isEmpty()) {
                    publish(1);
                }
                return !reason.get().isEmpty();
            });
        }

        void awaitUnblocked() {
            await().atMost(Duration.ofSeconds(60)).until(() -> reason.get().isEmpty());
        }

        /// All that was sent is confirmed.
        void awaitConfirms() throws InterruptedException, TimeoutException {
            assertThat(channel.waitForConfirms(60_000)).isTrue();
            for (int number = confirmedBefore; number < ledger.sent(0); number++) {
                ledger.confirmed(0, number);
            }
            confirmedBefore = ledger.sent(0);
        }

        void close() throws IOException {
            connection.close();
        }
    }
}
