package io.headrace.stream;

import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;

/// What happened to one partition since the broker started: plain counters, a few for each batch or request, none for
/// a record.
///
/// Threads: the loop of the partition.
public final class PartitionCounts {
    /// A peer that is wrong about these has not failed, as Kafka counts.
    private static final Set<Errors> EXPECTED = EnumSet.of(
            Errors.UNKNOWN_TOPIC_OR_PARTITION,
            Errors.MESSAGE_TOO_LARGE,
            Errors.RECORD_LIST_TOO_LARGE,
            Errors.CORRUPT_MESSAGE);

    private long records;
    private long bytesIn;
    private long bytesOut;
    private long bytesRejected;
    private long produces;
    private long produceFailures;
    private long fetches;

    /// A batch has its place.
    void appended(int batchRecords, int bytes) {
        records += batchRecords;
        bytesIn += bytes;
    }

    /// A producer asks for a batch to be appended.
    public void produce() {
        produces++;
    }

    /// It was not.
    public void rejected(Errors error, int bytes) {
        if (error == Errors.MESSAGE_TOO_LARGE) {
            bytesRejected += bytes;
        }
        if (!EXPECTED.contains(error)) {
            produceFailures++;
        }
    }

    /// A consumer asks.
    public void fetch() {
        fetches++;
    }

    /// What it gets.
    public void fetched(int bytes) {
        bytesOut += bytes;
    }

    public Traffic traffic() {
        return new Traffic(records, bytesIn, bytesOut, bytesRejected, produces, produceFailures, fetches);
    }
}
