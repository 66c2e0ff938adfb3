package io.headrace.shovel;

/// Why a shovel cannot go on. Its message is what operators read.
final class ShovelTrouble extends Exception {
    private static final long serialVersionUID = 1L;

    ShovelTrouble(String reason) {
        super(reason, null, false, false);
    }

    ShovelTrouble(String reason, Throwable cause) {
        super(reason, cause);
    }
}
