package io.headrace.log;

/// What to do at start when bytes are damaged that were once forced.
public enum OnCorruption {
    /// Refuse, and say what is affected.
    REFUSE,
    /// Go on without the damaged entries; each loss is logged.
    ACCEPT_LOSS
}
