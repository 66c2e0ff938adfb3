package io.headrace.net;

import io.headrace.security.Network;
import io.headrace.time.Clock;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Keeps the [ConnectionLimits].
///
/// Threads: any.
public final class ConnectionBudget {
    /// Addresses without a connection that are remembered for the rate of new ones.
    static final int REMEMBERED_MAX = 50_000;

    private static final int SAVED_SECONDS = 10;

    private final ConnectionLimits limits;
    private final Clock clock;
    private final Map<Network, Account> accounts = new HashMap<>(); // guarded by this, and so is the rest
    private int idleAccounts; // without a connection
    private int strangers;

    private static final class Account {
        private int open;
        private double tokens;
        private long filledNanos;
    }

    public ConnectionBudget(ConnectionLimits limits, Clock clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /// What becomes of a connection.
    public sealed interface Entry {
        record Admitted(Place place) implements Entry {}

        /// @param why goes on after `refused, `
        record Refused(String why) implements Entry {}
    }

    /// @param stranger whether it counts among those on which somebody must log in
    synchronized Entry enter(SocketAddress remote, boolean stranger) {
        var network = Network.of(remote);
        if (stranger && strangers >= limits.strangersMax()) {
            return new Entry.Refused(
                    "nobody has logged in on " + strangers + " connections (connections.unauthenticated-max)");
        }
        var account = accounts.get(network);
        if (account == null) {
            account = fresh();
            accounts.put(network, account);
        }
        if (account.open >= limits.perAddressMax()) {
            return new Entry.Refused("the address has " + account.open + " connections (connections.per-address-max)");
        }
        if (limits.perAddressRate() > 0 && !take(account)) {
            return new Entry.Refused("the address connects more than " + limits.perAddressRate()
                    + " times a second (connections.per-address-rate)");
        }
        if (account.open++ == 0) {
            idleAccounts--;
        }
        strangers += stranger ? 1 : 0;
        return new Entry.Admitted(new Place(network, stranger));
    }

    private Account fresh() {
        if (idleAccounts >= REMEMBERED_MAX) {
            accounts.values().removeIf(account -> account.open == 0);
            idleAccounts = 0;
        }
        idleAccounts++;
        var account = new Account();
        account.tokens = full();
        account.filledNanos = clock.nanos();
        return account;
    }

    private double full() {
        return (double) limits.perAddressRate() * SAVED_SECONDS;
    }

    private boolean take(Account account) {
        fill(account);
        if (account.tokens < 1) {
            return false;
        }
        account.tokens--;
        return true;
    }

    private void fill(Account account) {
        long now = clock.nanos();
        double seconds = (double) (now - account.filledNanos) / TimeUnit.SECONDS.toNanos(1);
        account.tokens = Math.min(full(), account.tokens + seconds * limits.perAddressRate());
        account.filledNanos = now;
    }

    private void leave(Network network) {
        var account = accounts.get(network);
        if (--account.open == 0) {
            fill(account);
            if (account.tokens >= full()) {
                accounts.remove(network);
            } else {
                idleAccounts++;
            }
        }
    }

    synchronized int remembered() {
        return accounts.size();
    }

    /// One connection's.
    ///
    /// Threads: any. The socket leaves on its own loop, which need not be the one that somebody has logged in on.
    public final class Place {
        private final Network network;
        private boolean stranger; // guarded by the budget
        private boolean left; // guarded by the budget

        private Place(Network network, boolean stranger) {
            this.network = network;
            this.stranger = stranger;
        }

        /// Somebody has logged in.
        void known() {
            synchronized (ConnectionBudget.this) {
                if (stranger) {
                    stranger = false;
                    strangers--;
                }
            }
        }

        /// It is closed.
        void leave() {
            synchronized (ConnectionBudget.this) {
                if (!left) {
                    left = true;
                    known();
                    ConnectionBudget.this.leave(network);
                }
            }
        }
    }
}
