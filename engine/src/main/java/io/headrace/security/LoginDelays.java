package io.headrace.security;

import io.headrace.time.Clock;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// How long a login waits before it is looked at, so that nobody tries passwords by the thousand.
///
/// ```text
///  recent failures  0..3   4      5      6      ...  most
///  wait             none   100ms  200ms  400ms  ...  5s for an address, 1s for a user
/// ```
/// A failure counts half after a minute, a quarter after two. What was right before does not make up for it, or who has
/// one account could try all others in between.
///
/// - An address waits whomever it tries, right or wrong: an answer that a wrong password alone has to wait for need not
///   be waited for by who guesses. This machine's own address does not: behind a proxy there may be everybody.
/// - A user waits wherever it is tried from, except from where it has logged in before. So one that is attacked can
///   still work, and a forgotten job with an old password slows nobody down who has the new one.
///
/// What is remembered is bounded: the least recently used goes first.
///
/// Threads: any.
public final class LoginDelays {
    static final int FREE_FAILURES = 3;
    static final long FIRST_MILLIS = 100;
    static final long ADDRESS_MILLIS_MAX = 5_000;
    static final long USER_MILLIS_MAX = 1_000;
    static final int REMEMBERED_MAX = 10_000;
    /// Longer ones are nobody's, and would fill the memory.
    static final int NAME_LENGTH_MAX = 255;

    private static final double HALF_LIFE_MILLIS = 60_000;
    /// Beyond this the wait is the longest anyway, and only forgetting would take longer.
    private static final double FAILURES_MAX = 12;

    private final Clock clock;
    private final Map<Network, Failures> byNetwork = new Recent<>(); // guarded by this, as are all
    private final Map<String, Failures> byUser = new Recent<>();
    private final Map<Known, Boolean> known = new Recent<>();

    private record Known(String user, Network network) {}

    /// How many there were, counted at a moment.
    private record Failures(double count, long atMillis) {
        static final Failures NONE = new Failures(0, 0);

        double at(long nowMillis) {
            return count * Math.pow(0.5, (nowMillis - atMillis) / HALF_LIFE_MILLIS);
        }

        Failures oneMore(long nowMillis) {
            return new Failures(Math.min(at(nowMillis) + 1, FAILURES_MAX), nowMillis);
        }

        long delayMillis(long nowMillis, long most) {
            double beyond = at(nowMillis) - FREE_FAILURES;
            return beyond <= 0 ? 0 : Math.min(most, (long) (FIRST_MILLIS * Math.pow(2, beyond - 1)));
        }
    }

    private static final class Recent<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1;

        Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > REMEMBERED_MAX;
        }
    }

    public LoginDelays(Clock clock) {
        this.clock = clock;
    }

    /// @param user empty if it is not known yet who it will be
    /// @return 0 for nearly everybody
    public synchronized long millisBefore(String user, SocketAddress remote) {
        if (byNetwork.isEmpty() && byUser.isEmpty()) {
            return 0;
        }
        long now = nowMillis();
        var network = Network.of(remote);
        long ofNetwork = byNetwork.getOrDefault(network, Failures.NONE).delayMillis(now, ADDRESS_MILLIS_MAX);
        return known.containsKey(new Known(user, network))
                ? ofNetwork
                : Math.max(ofNetwork, byUser.getOrDefault(user, Failures.NONE).delayMillis(now, USER_MILLIS_MAX));
    }

    /// @param user empty if nobody knows who it would have been
    public synchronized void failed(String user, SocketAddress remote) {
        long now = nowMillis();
        var network = Network.of(remote);
        if (!network.loopback()) {
            byNetwork.put(
                    network, byNetwork.getOrDefault(network, Failures.NONE).oneMore(now));
        }
        if (!user.isEmpty() && user.length() <= NAME_LENGTH_MAX) {
            byUser.put(user, byUser.getOrDefault(user, Failures.NONE).oneMore(now));
        }
    }

    public synchronized void accepted(String user, SocketAddress remote) {
        known.put(new Known(user, Network.of(remote)), true);
    }

    private long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos());
    }

    synchronized int remembered() {
        return byNetwork.size() + byUser.size() + known.size();
    }
}
