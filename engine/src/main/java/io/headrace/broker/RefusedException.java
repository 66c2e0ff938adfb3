package io.headrace.broker;

import io.headrace.catalog.Refusal;

/// A publish that is not possible. Without a stack trace: it is the peer's mistake, not ours.
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Refusal refusal;

    public RefusedException(Refusal refusal) {
        super(refusal.toString(), null, false, false);
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
