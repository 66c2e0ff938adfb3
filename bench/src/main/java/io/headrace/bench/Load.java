package io.headrace.bench;

import com.rabbitmq.client.ConnectionFactory;

/// The command `Load amqp://host:port WORKLOAD [key=value ...]`: runs one workload against one broker and
/// exits.
///
/// Threads: one.
public final class Load {
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

    private static final String USAGE = """
            usage: Load amqp://host:port WORKLOAD [key=value ...]

              round-trip    warm=2 seconds=9 bytes=1024     publish, wait for the confirm, one at a time
              many-queues   warm=2 seconds=9 bytes=1024 queues=1000   publish to them in turn, consume them all
              churn         warm=2 seconds=9 threads=8      connections opened and closed, one after another
              bare-churn    warm=2 seconds=9 threads=8      the same by a client that does only what it must
              idle          connections=2000                held until the end of standard input
              declares      queues=1000 type=classic        durable queues, held until the end of standard input
              bindings      exchange=E queue=Q bindings=1000   a topic exchange, held until the end of standard input
              first-confirm rehearsals=0                    from a line on standard input to a message confirmed
              depth         queue=Q                         messages that are ready
              delete        queue=Q
              about                                         the broker's name and version
            """;

    private Load() {}

    public static void main(String[] words) throws Exception {
        if (words.length < 2) {
            System.err.print(USAGE);
            System.exit(2);
        }
        var broker = new ConnectionFactory();
        broker.setUri(words[0]);
        broker.setAutomaticRecoveryEnabled(false);
        broker.setConnectionTimeout(CONNECT_TIMEOUT_MILLIS);
        var options = Options.parse(words, 2);
        var workload = workload(words[1], options);
        options.refuseUnused();
        workload.run(broker, new Report(System.out, System.in));
        System.exit(0); // the client's threads need not be waited for
    }

    private static Workload workload(String name, Options options) {
        return switch (name) {
            case "round-trip" -> new RoundTrip(span(options), options.number("bytes", 1024));
            case "many-queues" ->
                new ManyQueues(span(options), options.number("queues", 1000), options.number("bytes", 1024));
            case "churn" -> new ConnectionChurn(span(options), options.number("threads", 8));
            case "bare-churn" -> new BareChurn(span(options), options.number("threads", 8));
            case "idle" -> new IdleConnections(options.number("connections", 2000));
            case "declares" -> new QueueDeclares(options.number("queues", 1000), options.text("type", "classic"));
            case "bindings" ->
                new TopicBindings(
                        options.text("exchange", "load"),
                        options.text("queue", "load"),
                        options.number("bindings", 1000));
            case "first-confirm" -> new FirstConfirm(options.number("rehearsals", 0));
            case "depth" -> new QueueDepth(options.text("queue", "load"));
            case "delete" -> new QueueDelete(options.text("queue", "load"));
            case "about" -> new About();
            default -> throw new IllegalArgumentException("there is no workload '" + name + "'\n" + USAGE);
        };
    }

    private static Span span(Options options) {
        return new Span(options.number("warm", 2), options.number("seconds", 9));
    }
}
