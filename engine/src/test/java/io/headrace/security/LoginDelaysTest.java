package io.headrace.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.TestClock;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LoginDelaysTest {
    private static final SocketAddress NEAR = new InetSocketAddress("127.0.0.1", 40000);
    private static final SocketAddress FAR = new InetSocketAddress("192.0.2.1", 40000);
    private static final SocketAddress ELSEWHERE = new InetSocketAddress("192.0.2.2", 40000);

    private final TestClock clock = new TestClock();
    private final LoginDelays delays = new LoginDelays(clock);

    private void fail(int times, String user, SocketAddress remote) {
        for (int i = 0; i < times; i++) {
            delays.failed(user, remote);
        }
    }

    @Test
    void a_few_mistakes_cost_nothing() {
        fail(3, "ann", FAR);

        assertThat(delays.millisBefore("ann", FAR)).isZero();
    }

    @Test
    void an_address_waits_longer_with_every_failure_up_to_five_seconds() {
        fail(4, "ann", FAR);
        assertThat(delays.millisBefore("bob", FAR)).isEqualTo(100);
        fail(1, "bob", FAR);
        assertThat(delays.millisBefore("bob", FAR)).isEqualTo(200);
        fail(1, "eve", FAR);
        assertThat(delays.millisBefore("bob", FAR)).isEqualTo(400);
        fail(1_000, "eve", FAR);

        assertThat(delays.millisBefore("bob", FAR)).isEqualTo(5_000);
        assertThat(delays.millisBefore("bob", ELSEWHERE)).isZero();
    }

    @Test
    void a_user_who_is_attacked_from_everywhere_waits_a_second_at_most() {
        for (int i = 0; i < 200; i++) {
            delays.failed("ann", new InetSocketAddress("198.51.100." + i, 40000));
        }

        assertThat(delays.millisBefore("ann", FAR)).isEqualTo(1_000);
        assertThat(delays.millisBefore("bob", FAR)).isZero();
    }

    @Test
    void where_a_user_has_logged_in_before_it_does_not_wait_for_others() {
        delays.accepted("ann", FAR);
        fail(100, "ann", ELSEWHERE);

        assertThat(delays.millisBefore("ann", FAR)).isZero();
        assertThat(delays.millisBefore("ann", ELSEWHERE)).isEqualTo(5_000);
    }

    @Test
    void what_was_right_does_not_make_up_for_what_was_wrong() {
        fail(100, "ann", FAR);
        delays.accepted("eve", FAR);

        assertThat(delays.millisBefore("eve", FAR)).isEqualTo(5_000);
    }

    @Test
    void failures_are_forgotten_by_and_by() {
        fail(100, "ann", FAR);
        clock.advance(Duration.ofMinutes(1));
        assertThat(delays.millisBefore("bob", FAR)).isEqualTo(400);

        clock.advance(Duration.ofMinutes(1));

        assertThat(delays.millisBefore("bob", FAR)).isZero();
    }

    @Test
    void this_machine_does_not_wait_as_a_whole_since_everybody_may_be_behind_it() {
        fail(100, "ann", NEAR);

        assertThat(delays.millisBefore("bob", NEAR)).isZero();
        assertThat(delays.millisBefore("ann", NEAR)).isEqualTo(1_000);
    }

    @Test
    void addresses_of_one_machine_are_one() {
        for (int i = 1; i <= 8; i++) {
            delays.failed("", new InetSocketAddress("2001:db8:0:1::" + i, 40000));
        }

        assertThat(delays.millisBefore("", new InetSocketAddress("2001:db8:0:1::77", 40000)))
                .isEqualTo(1_600);
        assertThat(delays.millisBefore("", new InetSocketAddress("2001:db8:0:2::1", 40000)))
                .isZero();
    }

    @Test
    void names_that_are_nobodys_are_not_remembered() {
        delays.failed("x".repeat(100_000), NEAR);

        assertThat(delays.remembered()).isZero();
    }

    @Test
    void what_is_remembered_is_bounded() {
        for (int i = 0; i < 2 * LoginDelays.REMEMBERED_MAX; i++) {
            var remote = new InetSocketAddress("10.1." + i / 256 % 256 + "." + i % 256, 40000);
            delays.failed("user" + i, remote);
            delays.accepted("user" + i, remote);
        }

        assertThat(delays.remembered()).isLessThanOrEqualTo(3 * LoginDelays.REMEMBERED_MAX);
    }
}
