package io.headrace.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/// What tells the broker that somebody may read its data directory, and so may do everything: the file `operator.key`
/// there, which its owner alone can read. A new one is made at each start.
///
/// It takes the place of Erlang's cookie for the command line tools.
///
/// Threads: immutable.
public final class OperatorKey {
    private static final String FILE = "operator.key";
    private static final int BYTES = 32;

    private final byte[] text;

    private OperatorKey(byte[] text) {
        this.text = text;
    }

    /// Makes a key and writes it down in `data`.
    static OperatorKey make(Path data) throws IOException {
        var random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        var text = HexFormat.of().formatHex(random).getBytes(StandardCharsets.US_ASCII);
        var file = data.resolve(FILE);
        Files.deleteIfExists(file);
        // born with its permissions: there is no moment at which others can read it
        FileAttribute<?>[] mine =
                data.getFileSystem().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        try (var channel =
                Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mine)) {
            channel.write(ByteBuffer.wrap(text));
        }
        return new OperatorKey(text);
    }

    /// The key of the broker that runs on `data`; empty if there is none.
    ///
    /// @throws IOException it may not be read
    public static Optional<String> read(Path data) throws IOException {
        try {
            return Optional.of(Files.readString(data.resolve(FILE), StandardCharsets.US_ASCII));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    static void withdraw(Path data) throws IOException {
        Files.deleteIfExists(data.resolve(FILE));
    }

    /// Takes as long whether they are alike in much or in little.
    boolean is(byte[] key) {
        return MessageDigest.isEqual(text, key);
    }
}
