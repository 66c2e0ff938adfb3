package io.headrace.bench;

import java.util.Optional;

/// The command line of the load client for Kafka's protocol: `KafkaLoad HOST:PORT WORKLOAD KEY=VALUE...`.
///
/// Threads: main.
final class KafkaLoad {
    private static final String USAGE = """
            KafkaLoad HOST:PORT WORKLOAD KEY=VALUE...
              create          topic=T partitions=1 flush.messages=N
              delete          topic=T
              open-loop       topic=T rate=5000 bytes=1024 warm=10 seconds=9 linger=N   latency at a fixed rate
              during-compaction  keys=200000 bytes=1024 mebibytes=1000 pairs=8 window=2 look=17
              new-partitions  partitions=1000               a topic created, and a record to each partition at once
              group           members=10 partitions=900     until every partition has a member
              share-from-start  group=G                       a share group will read from the start
              first-record                                  from a line on standard input to a record acknowledged
            """;

    private KafkaLoad() {}

    public static void main(String[] words) throws Exception {
        if (words.length < 2) {
            System.err.print(USAGE);
            System.exit(2);
        }
        var options = Options.parse(words, 2);
        var workload = workload(words[1], options);
        options.refuseUnused();
        workload.run(words[0], new Report(System.out, System.in));
        System.exit(0); // the clients' threads need not be waited for
    }

    private static KafkaWorkload workload(String name, Options options) {
        return switch (name) {
            case "create" ->
                new TopicCreation(
                        options.text("topic", "load"),
                        options.number("partitions", 1),
                        optional(options.number("flush.messages", 0)));
            case "delete" -> new TopicDeletion(options.text("topic", "load"));
            case "open-loop" ->
                new OpenLoop(
                        options.text("topic", "load"),
                        options.number("rate", 5000),
                        options.number("bytes", 1024),
                        new Span(options.number("warm", 10), options.number("seconds", 9)),
                        options.text("linger", ""));
            case "during-compaction" ->
                new DuringCompaction(
                        options.number("keys", 200_000),
                        options.number("bytes", 1024),
                        options.number("mebibytes", 1000),
                        options.number("pairs", 8),
                        options.number("window", 2),
                        options.number("look", 17));
            case "new-partitions" -> new NewPartitions(options.number("partitions", 1000));
            case "group" -> new GroupStable(options.number("members", 10), options.number("partitions", 900));
            case "share-from-start" -> new ShareFromStart(options.text("group", "load"));
            case "first-record" -> new FirstRecord();
            default -> throw new IllegalArgumentException("there is no workload '" + name + "'\n" + USAGE);
        };
    }

    private static Optional<Integer> optional(int number) {
        return number == 0 ? Optional.empty() : Optional.of(number);
    }
}
