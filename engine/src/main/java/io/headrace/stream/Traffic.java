package io.headrace.stream;

/// What happened to partitions since the broker started.
///
/// @param records appended
/// @param bytesIn of batches that were appended
/// @param bytesOut of batches that were fetched
/// @param bytesRejected of batches with more in them than the topic takes
/// @param produces batches that were to be appended
/// @param produceFailures batches that were refused, but for what Kafka takes as usual
/// @param fetches how often somebody asked
public record Traffic(
        long records,
        long bytesIn,
        long bytesOut,
        long bytesRejected,
        long produces,
        long produceFailures,
        long fetches) {
    public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0, 0, 0);

    public Traffic plus(Traffic other) {
        return new Traffic(
                records + other.records,
                bytesIn + other.bytesIn,
                bytesOut + other.bytesOut,
                bytesRejected + other.bytesRejected,
                produces + other.produces,
                produceFailures + other.produceFailures,
                fetches + other.fetches);
    }
}
