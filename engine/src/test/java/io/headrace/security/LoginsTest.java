package io.headrace.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogOperation;
import io.headrace.catalog.Decision;
import io.headrace.catalog.UserDefinition;
import io.headrace.log.EntryFrame;
import io.headrace.security.Logins.Login;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LoginsTest {
    private static final SocketAddress NEAR = new InetSocketAddress("127.0.0.1", 40000);
    private static final SocketAddress NEAR_6 = new InetSocketAddress("::1", 40000);
    private static final SocketAddress FAR = new InetSocketAddress("192.0.2.1", 40000);

    private final Catalog catalog = new Catalog();
    private final Logins logins = new Logins(catalog, Set.of("guest"));
    private long nextOffset;

    @BeforeEach
    void firstStart() {
        carryOut(catalog.decideFirstStart(Optional.of(Logins.defaultUser(new byte[] {1, 2, 3, 4}))));
    }

    @Test
    void guest_logs_in_from_loopback_as_administrator() {
        assertThat(login("guest", "guest", NEAR))
                .isEqualTo(new Login.Accepted(new User("guest", Set.of("administrator"), "127.0.0.1")));
        assertThat(login("guest", "guest", NEAR_6))
                .isEqualTo(new Login.Accepted(new User("guest", Set.of("administrator"), "0:0:0:0:0:0:0:1")));
    }

    @Test
    void guest_does_not_log_in_from_elsewhere() {
        assertThat(login("guest", "guest", FAR))
                .isEqualTo(new Login.Refused("user 'guest' can only connect via localhost"));
        assertThat(logins.trusted("guest", FAR)).isInstanceOf(Login.Refused.class);
    }

    @Test
    void others_log_in_from_anywhere() {
        putUser("u", PasswordHash.create(bytes("secret"), new byte[4]).stored());

        assertThat(login("u", "secret", FAR)).isInstanceOf(Login.Accepted.class);
        assertThat(logins.trusted("u", FAR)).isInstanceOf(Login.Accepted.class);
    }

    @Test
    void a_wrong_password_an_unknown_user_and_an_empty_password_are_refused() {
        putUser("empty", PasswordHash.create(bytes(""), new byte[4]).stored());
        putUser("none", "");

        assertThat(login("guest", "Guest", NEAR)).isEqualTo(new Login.Refused("wrong password for user 'guest'"));
        assertThat(login("nobody", "guest", NEAR)).isEqualTo(new Login.Refused("user 'nobody' does not exist"));
        assertThat(login("empty", "", NEAR)).isInstanceOf(Login.Refused.class);
        assertThat(login("none", "", NEAR)).isInstanceOf(Login.Refused.class);
        assertThat(logins.trusted("nobody", NEAR)).isInstanceOf(Login.Refused.class);
    }

    /// From RabbitMQ's documentation of password hashes: salt 908DC60A, password test12.
    @Test
    void a_hash_that_rabbitmq_made_is_verified() {
        PasswordHash hash = PasswordHash.imported(
                        "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR", PasswordHash.Algorithm.SHA256)
                .orElseThrow();
        putUser("u", hash.stored());

        assertThat(hash.matches(bytes("test12"))).isTrue();
        assertThat(hash.matches(bytes("test13"))).isFalse();
        assertThat(hash.base64()).isEqualTo("kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR");
        assertThat(login("u", "test12", FAR)).isInstanceOf(Login.Accepted.class);
    }

    @Test
    void what_is_not_a_hash_is_not_imported() {
        assertThat(PasswordHash.imported("***", PasswordHash.Algorithm.SHA256)).isEmpty();
        assertThat(PasswordHash.imported("AAAA", PasswordHash.Algorithm.SHA256)).isEmpty();
        assertThat(PasswordHash.imported(
                        "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR", PasswordHash.Algorithm.SHA512))
                .isEmpty();
        assertThat(PasswordHash.parse("plain:secret")).isEmpty();
    }

    @Test
    void no_text_shows_a_hash() {
        UserDefinition user = Logins.defaultUser(new byte[4]);

        assertThat(user.toString()).doesNotContain(user.passwordHash());
    }

    private Login login(String name, String password, SocketAddress remote) {
        return logins.withPassword(name, bytes(password), remote);
    }

    private void putUser(String name, String hash) {
        carryOut(catalog.operators().decidePutUser(new UserDefinition(name, hash, Set.of())));
    }

    private void carryOut(Decision<?> decision) {
        assertThat(decision).isInstanceOf(Decision.Change.class);
        List<CatalogOperation> operations = ((Decision.Change<?>) decision).operations();
        int bytes = CatalogOperation.sizeBytes(operations);
        ByteBuffer page = ByteBuffer.allocate(EntryFrame.VALUE_START + bytes);
        CatalogOperation.encode(operations, page, EntryFrame.VALUE_START);
        catalog.apply(nextOffset++, 0, page, 0, bytes);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
