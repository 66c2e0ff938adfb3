package io.headrace.stream;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// What became of a batch that was to be appended.
public sealed interface Append {
    /// It has its place; it lasts when it is committed.
    ///
    /// @param logAppendTimeMillis -1 if the records keep the times that their producer gave them
    record Appended(long baseOffset, long lastOffset, long logAppendTimeMillis) implements Append {}

    /// An idempotent producer sent it once more: it is where it was, and nothing was appended. The first one may not
    /// be committed yet.
    ///
    /// @param logAppendTimeMillis the greatest time of its records, whoever gave it, as Kafka answers
    record Duplicate(long baseOffset, long lastOffset, long logAppendTimeMillis) implements Append {}

    /// Nothing was appended.
    ///
    /// @param message for people; empty if the error says it all
    record Rejected(Errors error, String message, List<BadRecord> records) implements Append {
        public Rejected(Errors error, String message) {
            this(error, message, List.of());
        }

        public Rejected(Errors error) {
            this(error, "");
        }
    }

    /// @param index of the record in its batch
    record BadRecord(int index, String message) {}
}
