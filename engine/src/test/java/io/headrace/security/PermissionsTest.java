package io.headrace.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogOperation;
import io.headrace.catalog.Decision;
import io.headrace.catalog.Permission;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Refusal.Access;
import io.headrace.catalog.Resource;
import io.headrace.catalog.UserDefinition;
import io.headrace.log.EntryFrame;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/// Goal: a user may do what the patterns say, at once when they change, and no pattern can stop the broker.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PermissionsTest {
    private static final String VHOST = "v";

    private final Catalog catalog = new Catalog();
    private final Permissions permissions = new Permissions(catalog);
    private final User user = new User("u", Set.of());
    private long nextOffset;

    @BeforeEach
    void createUser() {
        carryOut(catalog.operators().decideAddVhost(VHOST));
        carryOut(catalog.operators().decidePutUser(new UserDefinition("u", "", Set.of())));
    }

    @Test
    void without_permissions_nothing_is_allowed_and_the_vhost_stays_shut() {
        assertThat(allowed(Access.READ, "q")).isFalse();
        assertThat(permissions.mayEnter(user, VHOST)).isFalse();
    }

    @Test
    void any_permission_opens_the_vhost() {
        put("", "", "");

        assertThat(permissions.mayEnter(user, VHOST)).isTrue();
        assertThat(permissions.mayEnter(user, "elsewhere")).isFalse();
    }

    @Test
    void the_operator_may_do_everything_but_a_user_who_is_called_so_may_not() {
        var called = new User(Permissions.OPERATOR.name(), Permissions.OPERATOR.tags());

        assertThat(permissions.mayEnter(Permissions.OPERATOR, VHOST)).isTrue();
        assertThat(permissions.allowed(Permissions.OPERATOR, VHOST, Access.CONFIGURE, "q"))
                .isTrue();
        assertThat(permissions.mayEnter(called, VHOST)).isFalse();
        assertThat(permissions.allowed(called, VHOST, Access.CONFIGURE, "q")).isFalse();
    }

    @Test
    void each_kind_of_access_has_its_own_pattern() {
        put("^c", "^w", "^r");

        assertThat(allowed(Access.CONFIGURE, "c1")).isTrue();
        assertThat(allowed(Access.WRITE, "c1")).isFalse();
        assertThat(allowed(Access.WRITE, "w1")).isTrue();
        assertThat(allowed(Access.READ, "r1")).isTrue();
        assertThat(allowed(Access.READ, "w1")).isFalse();
    }

    @Test
    void a_pattern_is_searched_for_anywhere_in_the_name() {
        put("", "", "ord");

        assertThat(allowed(Access.READ, "my.orders")).isTrue();
        assertThat(allowed(Access.READ, "my.ards")).isFalse();
    }

    @Test
    void the_empty_pattern_allows_nothing_that_has_a_name() {
        put("", "", "");

        assertThat(allowed(Access.READ, "q")).isFalse();
        assertThat(allowed(Access.READ, "")).isTrue();
    }

    @Test
    void a_change_of_permissions_acts_at_once() {
        put(".*", ".*", ".*");
        assertThat(allowed(Access.READ, "q")).isTrue();

        put(".*", ".*", "^x");
        assertThat(allowed(Access.READ, "q")).isFalse();
        carryOut(catalog.operators().decideRemovePermission("u", VHOST));

        assertThat(allowed(Access.WRITE, "q")).isFalse();
    }

    @Test
    void a_removed_user_is_allowed_nothing() {
        put(".*", ".*", ".*");
        assertThat(allowed(Access.READ, "q")).isTrue();

        carryOut(catalog.operators().decideRemoveUser("u"));

        assertThat(allowed(Access.READ, "q")).isFalse();
    }

    @Test
    void the_default_exchange_is_checked_under_the_name_amq_default() {
        put("", "^amq\\.default$", "");

        assertThat(permissions.check(user, Access.WRITE, Resource.exchange("", VHOST)))
                .isEmpty();
        assertThat(permissions.check(user, Access.READ, Resource.exchange("", VHOST)))
                .contains(new Refusal.AccessRefused(Access.READ, Resource.exchange("amq.default", VHOST), "u"));
        assertThat(permissions.check(user, Access.WRITE, Resource.queue("q", VHOST)))
                .contains(new Refusal.AccessRefused(Access.WRITE, Resource.queue("q", VHOST), "u"));
    }

    @Test
    void a_pattern_that_is_not_valid_is_refused_when_it_is_set() {
        assertThat(catalog.operators().decidePutPermission("u", VHOST, new Permission("(", ".*", ".*")))
                .isInstanceOfSatisfying(
                        Decision.Refused.class,
                        refused -> assertThat(refused.refusal())
                                .isInstanceOfSatisfying(
                                        Refusal.Malformed.class,
                                        malformed -> assertThat(malformed.text())
                                                .startsWith("invalid regular expression '('")));
        assertThat(catalog.operators().decidePutPermission("u", VHOST, new Permission("a(?!secret)", ".*", ".*")))
                .isInstanceOf(Decision.Refused.class);
        assertThat(catalog.operators().decidePutPermission("nobody", VHOST, Permission.ALL))
                .isEqualTo(new Decision.Refused<>(new Refusal.UserNotFound("nobody")));
    }

    @Test
    void a_pattern_that_would_backtrack_takes_no_longer_than_the_name() {
        put("", "", "^(a+)+$");
        String name = "a".repeat(200) + "b";

        boolean answer = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> allowed(Access.READ, name));

        assertThat(answer).isFalse();
    }

    @Test
    void more_names_than_are_remembered_are_answered_all_the_same() {
        put("", "", "7$");

        for (int i = 0; i < Permissions.MAX_REMEMBERED + 10; i++) {
            assertThat(allowed(Access.READ, "q" + i)).isEqualTo(i % 10 == 7);
        }
    }

    private boolean allowed(Access access, String name) {
        return permissions.allowed(user, VHOST, access, name);
    }

    private void put(String configure, String write, String read) {
        carryOut(catalog.operators().decidePutPermission("u", VHOST, new Permission(configure, write, read)));
    }

    private void carryOut(Decision<?> decision) {
        assertThat(decision).isInstanceOf(Decision.Change.class);
        List<CatalogOperation> operations = ((Decision.Change<?>) decision).operations();
        int bytes = CatalogOperation.sizeBytes(operations);
        ByteBuffer page = ByteBuffer.allocate(EntryFrame.VALUE_START + bytes);
        CatalogOperation.encode(operations, page, EntryFrame.VALUE_START);
        catalog.apply(nextOffset++, 0, page, 0, bytes);
    }
}
