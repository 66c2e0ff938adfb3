package io.headrace.kafka.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.SharedSettings;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class QuotasTest {
    private static final String PRODUCED = "producer_byte_rate";

    private final Settings settings = new Settings();
    private final Quotas quotas = new Quotas(settings);

    /// Settings in memory.
    private static final class Settings implements SharedSettings {
        final Map<String, SortedMap<String, String>> all = new HashMap<>();
        final List<Consumer<String>> listeners = new ArrayList<>();

        void put(String name, Map<String, String> values) {
            all.put(name, new TreeMap<>(values));
            listeners.forEach(listener -> listener.accept(name));
        }

        @Override
        public SortedMap<String, String> get(String name) {
            return all.getOrDefault(name, new TreeMap<>());
        }

        @Override
        public SortedMap<String, SortedMap<String, String>> below(String prefix) {
            var found = new TreeMap<String, SortedMap<String, String>>();
            all.forEach((name, values) -> {
                if (name.startsWith(prefix) && !values.isEmpty()) {
                    found.put(name.substring(prefix.length()), values);
                }
            });
            return found;
        }

        @Override
        public void listen(String prefix, Consumer<String> changed) {
            listeners.add(changed);
        }
    }

    /// @param names types and names in turn; `-` is the default
    private void set(String key, double limit, String... names) {
        settings.put(QuotaTable.name(entity(names)), Map.of(key, Double.toString(limit)));
    }

    private static ClientQuotaEntity entity(String... names) {
        var entries = new HashMap<String, String>();
        for (int i = 0; i < names.length; i += 2) {
            entries.put(names[i], names[i + 1].equals("-") ? null : names[i + 1]);
        }
        return new ClientQuotaEntity(entries);
    }

    /// The limit of bytes produced that holds for ann's client `app`, as the wait for twenty times that shows it.
    private double limit() {
        return quotas.table()
                .find(PRODUCED, "ann", "app")
                .map(QuotaTable.Found::limit)
                .orElse(0.0);
    }

    @Test
    void there_are_none_at_first_and_none_when_the_last_is_removed() {
        assertThat(quotas.any()).isFalse();

        set(PRODUCED, 1, "user", "ann");
        assertThat(quotas.any()).isTrue();

        settings.put(QuotaTable.name(entity("user", "ann")), Map.of());
        assertThat(quotas.any()).isFalse();
    }

    @Test
    void the_most_specific_one_holds() {
        set(PRODUCED, 8, "client-id", "-");
        assertThat(limit()).isEqualTo(8);
        set(PRODUCED, 7, "client-id", "app");
        assertThat(limit()).isEqualTo(7);
        set(PRODUCED, 6, "user", "-");
        assertThat(limit()).isEqualTo(6);
        set(PRODUCED, 5, "user", "-", "client-id", "-");
        assertThat(limit()).isEqualTo(5);
        set(PRODUCED, 4, "user", "-", "client-id", "app");
        assertThat(limit()).isEqualTo(4);
        set(PRODUCED, 3, "user", "ann");
        assertThat(limit()).isEqualTo(3);
        set(PRODUCED, 2, "user", "ann", "client-id", "-");
        assertThat(limit()).isEqualTo(2);
        set(PRODUCED, 1, "user", "ann", "client-id", "app");
        assertThat(limit()).isEqualTo(1);
    }

    @Test
    void each_key_is_looked_for_by_itself() {
        set("consumer_byte_rate", 1, "user", "ann", "client-id", "app");
        set(PRODUCED, 7, "client-id", "app");

        assertThat(limit()).isEqualTo(7);
    }

    @Test
    void clients_of_a_user_share_the_users_quota_and_not_that_of_each_client() {
        set(PRODUCED, 100, "user", "ann");
        quotas.account(null, "ann", "one").produced(1_000, 0);
        assertThat(quotas.account(null, "ann", "two").produced(100, 0)).isEqualTo(1_000);
        assertThat(quotas.account(null, "bob", "one").produced(100_000, 0)).isZero();

        set(PRODUCED, 100, "user", "ann", "client-id", "-");
        quotas.account(null, "ann", "one").produced(1_000, 0);
        assertThat(quotas.account(null, "ann", "two").produced(100, 0)).isZero();
    }

    @Test
    void users_with_the_same_client_id_share_the_quota_of_the_client_id() {
        set(PRODUCED, 100, "client-id", "app");
        quotas.account(null, "ann", "app").produced(1_000, 0);

        assertThat(quotas.account(null, "bob", "app").produced(100, 0)).isEqualTo(1_000);
    }

    @Test
    void the_default_of_users_is_a_quota_of_each_user() {
        set(PRODUCED, 100, "user", "-");
        quotas.account(null, "ann", "app").produced(1_000, 0);

        assertThat(quotas.account(null, "bob", "app").produced(1_000, 0)).isZero();
    }

    @Test
    void another_limit_acts_at_once_and_what_was_measured_stays() {
        set(PRODUCED, 100, "user", "ann");
        var account = quotas.account(null, "ann", "app");
        account.produced(1_000, 0);
        assertThat(quotas.account(account, "ann", "app")).isSameAs(account);

        set(PRODUCED, 200, "user", "ann");
        account = quotas.account(account, "ann", "app");

        assertThat(account.produced(1_000, 0)).isZero();
        assertThat(account.produced(200, 0)).isEqualTo(1_000);
    }

    @Test
    void how_busy_a_client_keeps_us_is_a_part_of_one_thread_and_the_wait_is_a_second_at_most() {
        set("request_percentage", 10, "user", "ann");
        var account = quotas.account(null, "ann", "app");

        assertThat(account.timed()).isTrue();
        assertThat(account.busy(1_000_000_000, 0)).isZero(); // a second of ten is a tenth
        assertThat(account.busy(10_000_000, 0)).isEqualTo(100);
        assertThat(account.busy(5_000_000_000L, 0)).isEqualTo(1_000);
    }

    @Test
    void connections_of_an_address_are_counted_if_they_are_let_in() throws Exception {
        set("connection_creation_rate", 1, "ip", "192.0.2.1");
        set("connection_creation_rate", 2, "ip", "-");
        var limited = InetAddress.getByName("192.0.2.1");

        for (int i = 0; i < 10; i++) {
            assertThat(quotas.connected(limited, 0)).isZero();
        }
        assertThat(quotas.connected(limited, 0)).isEqualTo(1_000);
        assertThat(quotas.connected(limited, 0)).isEqualTo(1_000);
        assertThat(quotas.connected(limited, 11_000)).isZero();
        for (int i = 0; i < 20; i++) {
            assertThat(quotas.connected(InetAddress.getByName("192.0.2.2"), 0)).isZero();
        }
        assertThat(quotas.connected(InetAddress.getByName("192.0.2.2"), 0)).isPositive();
    }

    @Test
    void an_ipv6_address_is_one_however_it_is_written() throws Exception {
        set("connection_creation_rate", 1, "ip", "2001:DB8:0:0::1");

        for (int i = 0; i < 10; i++) {
            quotas.connected(InetAddress.getByName("2001:db8::1"), 0);
        }
        assertThat(quotas.connected(InetAddress.getByName("2001:db8::1"), 0)).isPositive();
    }

    @Test
    void any_name_can_be_kept() {
        for (String name : List.of("a&b=c", "ü ß/%", "-x", "<default>")) {
            var entity = new ClientQuotaEntity(Map.of("user", name, "client-id", name + name));
            settings.put(QuotaTable.name(entity), Map.of(PRODUCED, "5.0"));

            assertThat(quotas.table().all()).containsKey(entity);
        }
    }

    @Test
    void who_invents_client_ids_does_not_fill_the_memory() {
        set(PRODUCED, 100, "client-id", "-");
        for (int i = 0; i < 2 * Quotas.METERS_MAX; i++) {
            quotas.account(null, "ann", "client-" + i);
        }

        assertThat(quotas.meters()).isEqualTo(Quotas.METERS_MAX);
    }
}
