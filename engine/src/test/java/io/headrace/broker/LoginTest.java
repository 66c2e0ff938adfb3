package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Acl;
import io.headrace.log.LyingStorage;
import io.headrace.security.User;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LoginTest {
    private static final SocketAddress FAR = new InetSocketAddress("192.0.2.1", 40000);

    private final LyingStorage storage = new LyingStorage(1);
    private final SimulatedBroker broker = new SimulatedBroker(storage, 1);
    private final List<Broker.Login> answers = new ArrayList<>();

    @BeforeEach
    void boot() throws Exception {
        broker.boot();
    }

    private void login(String password) {
        broker.engine.login("guest", password.getBytes(), FAR, broker.loop, answers::add);
    }

    @Test
    void who_failed_often_waits_before_the_next_try_is_looked_at() {
        for (int i = 0; i < 5; i++) {
            login("wrong");
            broker.advance(5_000);
            broker.settle();
        }
        answers.clear();

        login("wrong");
        assertThat(answers).isEmpty();
        broker.advance(5_000);
        broker.settle();

        assertThat(answers).hasSize(1);
    }

    @Test
    void other_ways_to_log_in_wait_as_well_and_count() {
        for (int i = 0; i < 5; i++) {
            broker.engine.loginFailed("", FAR);
        }
        login("wrong");
        assertThat(answers).isEmpty();

        var tried = new ArrayList<String>();
        broker.engine.beforeLogin("", FAR, broker.loop, () -> tried.add("token"));
        assertThat(tried).isEmpty();
        broker.advance(5_000);
        broker.settle();

        assertThat(tried).hasSize(1);
        assertThat(broker.engine.connections().churn().loginsRefused()).isEqualTo(6);
    }

    /// Such as a client that takes itself for guest from another machine.
    @Test
    void a_name_that_was_proved_and_may_not_come_in_is_no_guess() {
        for (int i = 0; i < 50; i++) {
            assertThat(broker.engine.loginTrusted("guest", FAR)).isInstanceOf(Broker.Login.Refused.class);
        }
        login("wrong");

        assertThat(answers).hasSize(1);
    }

    @Test
    void a_user_of_scram_alone_is_kept_and_may_do_nothing() throws Exception {
        var outcomes = new ArrayList<Admin.Outcome>();
        var credentials = new TreeMap<String, String>();
        credentials.put("SCRAM-SHA-256", "secret");
        broker.engine.admin().perform(new AdminCommand.PutScram("bob", credentials), outcomes::add);
        broker.settle();
        assertThat(outcomes).containsExactly(new Admin.Outcome.Created());

        storage.crash();
        broker.boot();

        assertThat(broker.engine.settings().get("kafka.scram/bob")).isEqualTo(credentials);
        assertThat(broker.engine.loginTrusted("bob", FAR))
                .isEqualTo(new Broker.Login.Accepted(new User("bob", Set.of(), "192.0.2.1")));
        var topics = ((Broker.TopicsOpening.Opened)
                        broker.engine.openTopics(new User("bob", Set.of()), "/", broker.loop))
                .session();
        assertThat(topics.may(Acl.Operation.READ, Acl.ResourceType.TOPIC, "orders"))
                .isFalse();
    }

    @Test
    void whoever_listens_hears_of_the_settings_below_a_prefix_alone() {
        var heard = new ArrayList<String>();
        broker.engine.settings().listen("kafka.quotas/", heard::add);

        broker.topics().putSettings("kafka.quotas/user=ann", new TreeMap<>(Map.of("k", "v")), () -> {});
        broker.topics().putSettings("kafka.broker", new TreeMap<>(Map.of("k", "v")), () -> {});
        broker.settle();

        assertThat(heard).containsExactly("kafka.quotas/user=ann");
    }
}
