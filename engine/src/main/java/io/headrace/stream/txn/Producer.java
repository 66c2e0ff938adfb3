package io.headrace.stream.txn;

/// Who appends: an id that no other producer has, and the epoch by which its newest life is told from those before.
public record Producer(long id, short epoch) {
    /// None, in Kafka's words.
    public static final Producer NONE = new Producer(-1, (short) -1);
}
