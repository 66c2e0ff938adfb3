package io.headrace.net;

import io.headrace.config.Settings;

/// How many connections one address may have and make, and how many strangers there may be: over all listeners. Far
/// more than honest clients need, so that nobody has to know these to begin; small enough that one machine that goes
/// wild leaves room for the rest. Many clients can be one address, behind a proxy or on this machine, and some connect
/// for each message: the rate is about what two processors can serve.
///
/// @param perAddressMax of one address at a time
/// @param perAddressRate new ones of one address in a second, where ten seconds may be saved up; 0 for any number
/// @param strangersMax connections at a time on which nobody has logged in yet
public record ConnectionLimits(int perAddressMax, int perAddressRate, int strangersMax) {
    private static final int MOST = 10_000_000;

    public ConnectionLimits {
        if (perAddressMax < 1 || perAddressRate < 0 || strangersMax < 1) {
            throw new IllegalArgumentException("no connection would be possible: %d, %d, %d"
                    .formatted(perAddressMax, perAddressRate, strangersMax));
        }
    }

    public static ConnectionLimits defaults() {
        return new ConnectionLimits(20_000, 10_000, 10_000);
    }

    public static ConnectionLimits read(Settings settings) {
        var normal = defaults();
        return new ConnectionLimits(
                settings.count(
                        "per-address-max",
                        normal.perAddressMax,
                        1,
                        MOST,
                        "Most connections of one address at a time, over all listeners; of IPv6, 64 bits are one address."),
                settings.count(
                        "per-address-rate",
                        normal.perAddressRate,
                        0,
                        MOST,
                        "Most new connections of one address in a second; ten seconds may be saved up; 0 is no limit."),
                settings.count(
                        "unauthenticated-max",
                        normal.strangersMax,
                        1,
                        MOST,
                        "Most connections at a time on which nobody has logged in yet, over all listeners but HTTP's."));
    }
}
