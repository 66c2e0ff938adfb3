package io.headrace.log;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this machine calls itself.
public final class HostName {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private HostName() {}

    /// Linux is asked itself: Java would look up the name's address as well, and a start would wait for a name server
    /// that does not answer.
    public static String own() {
        try {
            return Files.readString(KERNEL).strip();
        } catch (IOException e) {
            return byAddress(); // another system
        }
    }

    private static String byAddress() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
