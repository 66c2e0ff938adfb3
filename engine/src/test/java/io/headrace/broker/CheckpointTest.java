package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.Checkpoints;
import io.headrace.log.CommitLog;
import io.headrace.log.LyingStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a full device puts checkpoints off and does not end them.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CheckpointTest {
    private static final int MESSAGES = 3_000; // enough for a page that goes to the index file

    @Test
    void checkpoints_go_on_after_the_device_was_full() throws Exception {
        var storage = new LyingStorage(1);
        var broker = new SimulatedBroker(storage, 1);
        broker.boot();
        broker.declareQueue("q", true);
        publish(broker);

        storage.capacityBytes(storage.usedBytes());
        pass(broker);
        assertThat(covered(broker)).isLessThan(last(broker));

        storage.capacityBytes(Long.MAX_VALUE);
        pass(broker);
        assertThat(covered(broker)).isEqualTo(last(broker));
    }

    @Test
    void the_first_news_after_a_quiet_time_have_the_whole_interval() throws Exception {
        var broker = new SimulatedBroker(new LyingStorage(1), 1);
        broker.boot();
        broker.declareQueue("q", true);
        pass(broker);
        assertThat(covered(broker)).isEqualTo(last(broker));
        pass(broker);

        publish(broker);
        broker.advance(300);
        broker.settle();
        assertThat(covered(broker)).as("at once").isLessThan(last(broker));

        pass(broker);
        assertThat(covered(broker)).as("later").isEqualTo(last(broker));
    }

    private static void publish(SimulatedBroker broker) throws RefusedException {
        var publisher = broker.session.publisher(new Session.Confirms() {
            @Override
            public void confirmed(long sequence, boolean multiple) {}

            @Override
            public void rejected(long sequence) {
                throw new AssertionError();
            }
        });
        for (int i = 1; i <= MESSAGES; i++) {
            publisher.publish("q".getBytes(StandardCharsets.UTF_8), 0, 1, TestContent.of("x", true), i);
        }
        broker.loop.turn();
        for (int i = 0; i < 100; i++) {
            broker.log.step();
        }
    }

    private static void pass(SimulatedBroker broker) throws IOException {
        for (int i = 0; i < 20; i++) {
            broker.advance(300);
            broker.settle();
        }
    }

    private static long last(SimulatedBroker broker) {
        return broker.log.commits().nextOffset(CommitLog.DATA) - 1;
    }

    private static long covered(SimulatedBroker broker) {
        return broker.log.checkpoints().latest().stream()
                .map(Checkpoints.Checkpoint::groups)
                .flatMap(groups -> groups.stream().filter(section -> section.group() == CommitLog.DATA))
                .mapToLong(Checkpoints.Section::appliedOffset)
                .findFirst()
                .orElse(-1);
    }
}
