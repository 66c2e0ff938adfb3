package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.BindingKey;
import io.headrace.log.LyingStorage;
import io.headrace.message.FieldTable;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what a session remembers of routes does not keep an exchange from choosing anew, and keeps it from choosing
/// otherwise where it must not.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ChoosingExchangesTest {
    private static final int MESSAGES = 200;

    private final LyingStorage storage = new LyingStorage(1);
    private final SimulatedBroker broker = new SimulatedBroker(storage, 1);

    @BeforeEach
    void start() throws Exception {
        broker.boot();
        broker.declareQueue("a", true);
        broker.declareQueue("b", true);
    }

    @Test
    void a_random_exchange_chooses_anew_for_each_message_of_a_key() throws Exception {
        exchange("x-random", "");

        publish("k");

        assertThat(ready("a") + ready("b")).isEqualTo(MESSAGES);
        assertThat(ready("a")).isBetween(MESSAGES / 4L, MESSAGES * 3L / 4);
    }

    @Test
    void a_consistent_hash_exchange_stays_with_its_choice_over_a_restart() throws Exception {
        exchange("x-consistent-hash", "1");
        publish("k");
        var chosen = ready("a") > 0 ? "a" : "b";
        assertThat(ready(chosen)).isEqualTo(MESSAGES);

        storage.crash();
        broker.boot();
        publish("k");

        assertThat(ready(chosen)).isEqualTo(2 * MESSAGES);
    }

    private void exchange(String type, String key) {
        broker.declare(new Command.DeclareExchange("x", type, false, true, false, false, FieldTable.EMPTY));
        broker.declare(new Command.Bind(new BindingKey("x", false, "a", key, FieldTable.EMPTY)));
        broker.declare(new Command.Bind(new BindingKey("x", false, "b", key, FieldTable.EMPTY)));
    }

    private void publish(String key) throws RefusedException {
        var publisher = broker.session.publisher(new Session.Confirms() {
            @Override
            public void confirmed(long sequence, boolean multiple) {}

            @Override
            public void rejected(long sequence) {}
        });
        for (int i = 1; i <= MESSAGES; i++) {
            publisher.publish(
                    ("x" + key).getBytes(StandardCharsets.US_ASCII), 1, key.length(), TestContent.of("m", true), i);
        }
        broker.settle();
    }

    private long ready(String queue) {
        var answers = new Answer[1];
        broker.session.perform(
                new Command.DeclareQueue(queue, true, true, false, false, FieldTable.EMPTY),
                answer -> answers[0] = answer);
        broker.settle();
        return ((Answer.QueueDeclared) answers[0]).ready();
    }
}
