package io.headrace.conformance.kafka;

import io.headrace.conformance.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Programs in Java, Kafka's own tools among them, each in a process of its own on the class path of the tests.
final class Tools {
    private static final int HEAP_MEBIBYTES = 256;

    private Tools() {}

    /// What runs a main class, which is the next word.
    static List<String> java(int heapMebibytes) {
        return java(heapMebibytes, System.getProperty("java.class.path"));
    }

    static List<String> java(int heapMebibytes, String classPath) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx" + heapMebibytes + "m",
                "--enable-native-access=ALL-UNNAMED", // codecs, and the store of Streams
                "-cp",
                classPath);
    }

    static Program start(KafkaEndpoint kafka, String mainClass, String... arguments) {
        var command = new ArrayList<>(java(HEAP_MEBIBYTES));
        command.add(mainClass);
        command.addAll(List.of(arguments));
        return Program.start(kafka.environment(), Path.of("."), command.toArray(String[]::new));
    }

    /// Runs one of Kafka's tools to its good end, which `--bootstrap-server` is told where the broker is.
    ///
    /// @return all it said
    static List<String> run(KafkaEndpoint kafka, String mainClass, String... arguments) throws InterruptedException {
        return startTool(kafka, mainClass, arguments).finish();
    }

    static Program startTool(KafkaEndpoint kafka, String mainClass, String... arguments) {
        var words = new ArrayList<>(List.of("--bootstrap-server", kafka.bootstrap()));
        words.addAll(List.of(arguments));
        return start(kafka, mainClass, words.toArray(String[]::new));
    }
}
