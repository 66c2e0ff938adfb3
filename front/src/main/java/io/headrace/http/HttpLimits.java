package io.headrace.http;

import io.headrace.config.Settings;

/// How much an HTTP listener takes.
///
/// @param bodyBytesMax of one request
/// @param bodiesBytesMax of all requests that are coming in
/// @param servingMax requests at work, and as many answers that are written bit by bit; further ones wait for a place
/// @param idleMillis a connection on which nothing happens is closed, and so is a request that takes longer to arrive
public record HttpLimits(int bodyBytesMax, long bodiesBytesMax, int servingMax, long idleMillis) {
    static final int LINE_BYTES_MAX = 16 << 10;
    static final int HEADERS_BYTES_MAX = 32 << 10;
    static final int PIECE_BYTES_MAX = 64 << 10;

    public static HttpLimits defaults() {
        return new HttpLimits(20 << 20, 48L << 20, 32, 60_000);
    }

    /// @param settings of the listener
    public static HttpLimits read(Settings settings) {
        var normal = defaults();
        return new HttpLimits(
                (int) settings.bytes(
                        "body-size-max",
                        normal.bodyBytesMax,
                        1024,
                        512 << 20,
                        "The largest body of a request, such as a definitions file."),
                normal.bodiesBytesMax,
                normal.servingMax,
                settings.millis(
                        "idle-time",
                        normal.idleMillis,
                        100,
                        3_600_000,
                        "Time after which a connection on which nothing is asked is closed."));
    }
}
