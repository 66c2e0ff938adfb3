package io.headrace.kafka.quota;

/// Tokens that come at a rate and are saved for eleven seconds. One who has any left may take as many as he likes, and
/// waits then until he is out of debt (KIP-599).
///
/// Threads: one.
public final class TokenBucket {
    private double perSecond;
    private double tokens;
    private long filledMillis;
    private boolean begun;

    /// How many come in a second, from now on.
    void rate(double tokensPerSecond) {
        perSecond = tokensPerSecond;
    }

    /// Takes `count`.
    ///
    /// @return 0; or milliseconds to wait, and nothing was taken
    public long takeIfAny(double count, long nowMillis) {
        fill(nowMillis);
        if (tokens < 0) {
            return debtMillis();
        }
        tokens -= count;
        return 0;
    }

    /// Takes `count` in any case.
    ///
    /// @return milliseconds to wait afterwards
    public long take(double count, long nowMillis) {
        fill(nowMillis);
        tokens -= count;
        return tokens < 0 ? debtMillis() : 0;
    }

    private long debtMillis() {
        return Math.round(-tokens / perSecond * 1000);
    }

    private void fill(long nowMillis) {
        double full = perSecond * RateWindow.SAMPLES;
        tokens = begun ? Math.min(full, tokens + perSecond * ((nowMillis - filledMillis) / 1000.0)) : full;
        filledMillis = nowMillis;
        begun = true;
    }
}
