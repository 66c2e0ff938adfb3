package io.headrace.security;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.UserDefinition;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/// Who may log in, and from where. One check costs one SHA-256 of a few bytes, about a microsecond: it can
/// be made on an event loop, and connection storms need no cache.
///
/// Threads: any.
public final class Logins {
    /// The user of a fresh broker, with this also as password.
    public static final String DEFAULT_USER = "guest";

    private static final String ADMINISTRATOR = "administrator";

    // An unknown user takes as long as a wrong password.
    private static final PasswordHash NOBODY = PasswordHash.create(new byte[0], new byte[PasswordHash.SALT_BYTES]);

    private final Catalog catalog;
    private final Set<String> loopbackUsers;

    /// @param loopbackUsers who may connect from this machine only
    public Logins(Catalog catalog, Set<String> loopbackUsers) {
        this.catalog = catalog;
        this.loopbackUsers = Set.copyOf(loopbackUsers);
    }

    public sealed interface Login {
        record Accepted(User user) implements Login {}

        /// @param reason for the log; a peer is never told which half was wrong
        record Refused(String reason) implements Login {}
    }

    /// The administrator that a fresh directory gets: `guest`, who may log in from loopback only.
    ///
    /// @param salt [PasswordHash#SALT_BYTES] random bytes
    public static UserDefinition defaultUser(byte[] salt) {
        PasswordHash hash = PasswordHash.create(DEFAULT_USER.getBytes(StandardCharsets.UTF_8), salt);
        return new UserDefinition(DEFAULT_USER, hash.stored(), Set.of(ADMINISTRATOR));
    }

    public Login withPassword(String name, byte[] password, SocketAddress remote) {
        Optional<UserDefinition> user = catalog.user(name);
        Optional<PasswordHash> hash = user.flatMap(known -> PasswordHash.parse(known.passwordHash()));
        boolean matches = hash.orElse(NOBODY).matches(password);
        if (user.isEmpty()) {
            return new Login.Refused("user '" + name + "' does not exist");
        }
        if (hash.isEmpty()) {
            return new Login.Refused("user '" + name + "' has no password and cannot log in with one");
        }
        if (password.length == 0) {
            return new Login.Refused("user '" + name + "' gave an empty password");
        }
        return matches ? placed(user.get(), remote) : new Login.Refused("wrong password for user '" + name + "'");
    }

    /// Whether this is the password of a user, who need not be let in for that.
    public boolean passwordIs(String name, byte[] password) {
        return catalog.user(name)
                .flatMap(user -> PasswordHash.parse(user.passwordHash()))
                .orElse(NOBODY)
                .matches(password);
    }

    /// Logs in a name that something else has proved, such as a TLS certificate.
    public Login trusted(String name, SocketAddress remote) {
        return catalog.user(name)
                .map(user -> placed(user, remote))
                .orElseGet(() -> new Login.Refused("user '" + name + "' does not exist"));
    }

    private Login placed(UserDefinition user, SocketAddress remote) {
        if (loopbackUsers.contains(user.name()) && !isLoopback(remote)) {
            return new Login.Refused("user '" + user.name() + "' can only connect via localhost");
        }
        return new Login.Accepted(new User(user.name(), user.tags(), host(remote)));
    }

    private static String host(SocketAddress remote) {
        return remote instanceof InetSocketAddress address && !address.isUnresolved()
                ? address.getAddress().getHostAddress()
                : "";
    }

    private static boolean isLoopback(SocketAddress remote) {
        return remote instanceof InetSocketAddress address
                && !address.isUnresolved()
                && address.getAddress().isLoopbackAddress();
    }
}
