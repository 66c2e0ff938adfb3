package io.headrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.queue.DeadLetters.Reason;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: the dead are buried in the order in which they died. Method: random changes against a queue.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DyingTest {
    private record Death(long sequence, Reason reason) {}

    @Test
    void what_died_first_is_first() {
        var dying = new Dying();
        var expected = new ArrayDeque<Death>();
        var random = new Random(5);
        for (long i = 0; i < 50_000; i++) {
            if (random.nextInt(5) < (i / 5_000 % 2 == 0 ? 3 : 2)) {
                var reason = Reason.ALL[random.nextInt(Reason.ALL.length)];
                dying.add(i, reason);
                expected.addLast(new Death(i, reason));
            } else if (!expected.isEmpty()) {
                assertThat(new Death(dying.first(), dying.firstReason())).isEqualTo(expected.removeFirst());
                dying.removeFirst();
            }
            assertThat(dying.size()).isEqualTo(expected.size());
        }
    }
}
