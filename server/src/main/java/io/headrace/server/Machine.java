package io.headrace.server;

import io.headrace.broker.Maintenance;
import io.headrace.broker.NodeView;
import io.headrace.server.LoggingConfig.Loudness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.logging.Logger;

/// What management shows of the process and its machine. On other systems than Linux some of it is not known.
///
/// Threads: any.
final class Machine implements NodeView {
    private static final Path SELF = Path.of("/proc/self");
    private static final String FILES_LIMIT = "Max open files";

    private final Path data;
    private final OperatorKey key;
    private final String version;
    private final Listeners listeners;
    private final Supplier<ConnectionLimit> connections;
    private final List<Path> certificates;
    private final long startedMillis = System.currentTimeMillis();

    /// @param certificates of listeners with TLS
    Machine(
            Path data,
            OperatorKey key,
            String version,
            Listeners listeners,
            Supplier<ConnectionLimit> connections,
            List<Path> certificates) {
        this.certificates = List.copyOf(certificates);
        this.data = data;
        this.key = key;
        this.version = version;
        this.listeners = listeners;
        this.connections = connections;
    }

    @Override
    public List<Door> doors() {
        return listeners.doors();
    }

    @Override
    public ConnectionLimit connectionLimit() {
        return connections.get();
    }

    @Override
    public Maintenance maintenance() {
        return listeners;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public long startedMillis() {
        return startedMillis;
    }

    @Override
    public String dataDirectory() {
        return data.toString();
    }

    @Override
    public OptionalLong residentBytes() {
        return number(SELF.resolve("status"), "VmRSS:", 1024);
    }

    @Override
    public OptionalLong threads() {
        return number(SELF.resolve("status"), "Threads:", 1);
    }

    @Override
    public OptionalLong certificateEndMillis() {
        return certificates.stream()
                .map(Machine::end)
                .flatMapToLong(OptionalLong::stream)
                .min();
    }

    private static OptionalLong end(Path certificate) {
        try (var in = Files.newInputStream(certificate)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .mapToLong(one -> ((X509Certificate) one).getNotAfter().getTime())
                    .min();
        } catch (IOException | CertificateException _) {
            return OptionalLong.of(0); // it cannot be used, which is worse than too old
        }
    }

    @Override
    public OptionalLong openFiles() {
        try (var files = Files.list(SELF.resolve("fd"))) {
            return OptionalLong.of(files.count());
        } catch (IOException _) {
            return OptionalLong.empty();
        }
    }

    @Override
    public OptionalLong openFilesMax() {
        return number(SELF.resolve("limits"), FILES_LIMIT, 1);
    }

    @Override
    public boolean isOperator(byte[] given) {
        return key.is(given);
    }

    @Override
    public boolean logFrom(String level) {
        for (Loudness loudness : Loudness.values()) {
            if (loudness.name().toLowerCase(Locale.ROOT).equals(level)) {
                Logger.getLogger("").setLevel(loudness.level());
                return true;
            }
        }
        return false;
    }

    /// The first number behind `label`.
    private static OptionalLong number(Path file, String label, long unit) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(label))
                    .map(line -> line.substring(label.length()).strip().split("\\s+")[0])
                    .filter(word -> word.matches("[0-9]{1,18}"))
                    .mapToLong(word -> Long.parseLong(word) * unit)
                    .findFirst();
        } catch (IOException _) {
            return OptionalLong.empty();
        }
    }
}
