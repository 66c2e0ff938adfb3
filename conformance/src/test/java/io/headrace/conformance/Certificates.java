package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/// Certificates that sign themselves, made by the JDK's `keytool`, as the PEM files `NAME.crt` and `NAME.key`.
public record Certificates(Path folder) {
    private static final char[] SECRET = "secret".toCharArray();

    /// @param distinguishedName `CN=ann,O=Acme`
    public Certificates make(String name, String distinguishedName) throws Exception {
        var file = folder.resolve(name + ".p12");
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "it",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        distinguishedName,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-keystore",
                        file.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(SECRET),
                        "-validity",
                        "2")
                .redirectErrorStream(true)
                .start();
        var said = new String(keytool.getInputStream().readAllBytes());
        assertThat(keytool.waitFor()).as(said).isZero();
        var store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, SECRET);
        }
        pem(certificate(name), "CERTIFICATE", store.getCertificate("it").getEncoded());
        pem(key(name), "PRIVATE KEY", store.getKey("it", SECRET).getEncoded());
        return this;
    }

    private static void pem(Path file, String type, byte[] content) throws IOException {
        Files.writeString(
                file,
                "-----BEGIN " + type + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                        + "\n-----END " + type + "-----\n");
    }

    public Path certificate(String name) {
        return folder.resolve(name + ".crt");
    }

    public Path key(String name) {
        return folder.resolve(name + ".key");
    }

    /// A file with the certificates of several.
    public Path together(String... names) throws IOException {
        var all = new StringBuilder();
        for (String name : names) {
            all.append(Files.readString(certificate(name)));
        }
        return Files.writeString(folder.resolve("together.crt"), all.toString());
    }
}
