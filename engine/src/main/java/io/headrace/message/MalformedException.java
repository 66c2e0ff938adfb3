package io.headrace.message;

/// Bytes from a peer that do not have the form they must have. Without a stack trace: it is the peer's
/// mistake.
public final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param reason what is wrong, for the peer's error text and the log
    public MalformedException(String reason) {
        super(reason, null, false, false);
    }
}
