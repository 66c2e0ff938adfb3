package io.headrace.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.net.ConnectionBudget.Entry;
import io.headrace.net.ConnectionBudget.Place;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ConnectionBudgetTest {
    private static final SocketAddress ONE = new InetSocketAddress("192.0.2.1", 40000);
    private static final SocketAddress OTHER = new InetSocketAddress("192.0.2.2", 40000);

    private final TestLoop clock = new TestLoop();

    private ConnectionBudget budget(int perAddress, int rate, int strangers) {
        return new ConnectionBudget(new ConnectionLimits(perAddress, rate, strangers), clock);
    }

    private static Place admitted(Entry entry) {
        assertThat(entry).isInstanceOf(Entry.Admitted.class);
        return ((Entry.Admitted) entry).place();
    }

    private static void assertRefused(Entry entry, String key) {
        assertThat(entry)
                .isInstanceOfSatisfying(
                        Entry.Refused.class,
                        refused -> assertThat(refused.why()).contains(key));
    }

    @Test
    void one_address_has_so_many_connections_and_another_as_many() {
        var budget = budget(2, 0, 100);
        var first = admitted(budget.enter(ONE, true));
        admitted(budget.enter(ONE, false));

        assertRefused(budget.enter(ONE, true), "connections.per-address-max");
        admitted(budget.enter(OTHER, true));
        first.leave();
        first.leave();

        admitted(budget.enter(ONE, true));
        assertRefused(budget.enter(ONE, true), "connections.per-address-max");
    }

    @Test
    void one_address_connects_so_often_in_a_second_and_may_save_up_ten() {
        var budget = budget(1_000, 3, 1_000);
        for (int i = 0; i < 30; i++) {
            admitted(budget.enter(ONE, true)).leave();
        }
        assertRefused(budget.enter(ONE, true), "connections.per-address-rate");
        admitted(budget.enter(OTHER, true));

        clock.advance(1_000);

        for (int i = 0; i < 3; i++) {
            admitted(budget.enter(ONE, true)).leave();
        }
        assertRefused(budget.enter(ONE, true), "connections.per-address-rate");
    }

    @Test
    void clients_that_connect_for_each_message_through_one_proxy_need_not_know_the_limits() {
        var budget = new ConnectionBudget(ConnectionLimits.defaults(), clock);
        for (int second = 0; second < 30; second++) {
            for (int i = 0; i < 10_000; i++) {
                admitted(budget.enter(ONE, true)).leave();
            }
            clock.advance(1_000);
        }
    }

    @Test
    void a_stranger_is_one_until_somebody_logs_in_or_it_goes() {
        var budget = budget(100, 0, 2);
        var first = admitted(budget.enter(ONE, true));
        var second = admitted(budget.enter(OTHER, true));
        assertRefused(budget.enter(OTHER, true), "connections.unauthenticated-max");
        admitted(budget.enter(OTHER, false));

        first.known();
        first.known();
        second.leave();

        admitted(budget.enter(OTHER, true));
        admitted(budget.enter(OTHER, true));
        assertRefused(budget.enter(OTHER, true), "connections.unauthenticated-max");
    }

    @Test
    void addresses_are_forgotten_when_they_have_no_connection_and_may_make_as_many_as_at_first() {
        var budget = budget(10, 5, 1_000_000);
        admitted(budget.enter(ONE, true)).leave();
        assertThat(budget.remembered()).isEqualTo(1);

        var place = admitted(budget.enter(ONE, true));
        clock.advance(10_000);
        place.leave();

        assertThat(budget.remembered()).isZero();
    }

    @Test
    void addresses_that_only_come_and_go_do_not_fill_the_memory_and_one_with_a_connection_is_not_forgotten() {
        var budget = budget(1, 5, 1_000_000);
        var stays = new ArrayList<Place>();
        stays.add(admitted(budget.enter(ONE, true)));
        for (int i = 0; i < 3 * ConnectionBudget.REMEMBERED_MAX; i++) {
            var address = new InetSocketAddress("10." + (i >> 16 & 255) + "." + (i >> 8 & 255) + "." + (i & 255), 1);
            admitted(budget.enter(address, true)).leave();
        }

        assertThat(budget.remembered()).isLessThanOrEqualTo(ConnectionBudget.REMEMBERED_MAX + 1);
        assertRefused(budget.enter(ONE, true), "connections.per-address-max");
    }
}
