package io.headrace.stream.share;

/// What became of a record in a share group (KIP-932).
enum RecordState {
    /// It can be given to a member.
    AVAILABLE(0),
    /// A member has it.
    ACQUIRED(1),
    ACKNOWLEDGED(2),
    /// It is done with, and nobody has used it: rejected, given out in vain too often, or not there.
    ARCHIVED(4),
    /// Archived without having been given out, since there is nothing to give: a marker of a transaction, a record of
    /// an aborted one, or an offset that compaction left empty. Acknowledgements pass over it.
    ABSENT(5);

    private static final RecordState[] BY_CODE = {AVAILABLE, ACQUIRED, ACKNOWLEDGED, null, ARCHIVED, ABSENT};

    private final byte code;

    RecordState(int code) {
        this.code = (byte) code;
    }

    /// In the log; Kafka's numbers, but for the last.
    byte code() {
        return code;
    }

    static RecordState of(byte code) {
        return BY_CODE[code];
    }

    boolean finished() {
        return switch (this) {
            case AVAILABLE, ACQUIRED -> false;
            case ACKNOWLEDGED, ARCHIVED, ABSENT -> true;
        };
    }
}
