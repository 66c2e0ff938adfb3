package io.headrace.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.headrace.net.EventLoops;
import io.headrace.net.ListenerConfig;
import io.headrace.time.Clock;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: requests come in whole and in order, and nobody gets more than the limits. Method: a service that echoes,
/// a real socket.
@DisplayNameGeneration(ReplaceUnderscores.class)
class HttpListenerTest {
    private static final int LINES = 2_000_000; // more than the kernel keeps for two sockets

    private final EventLoops loops = new EventLoops(1, Clock.system());
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private HttpListener listener = open(new HttpLimits(1000, 1500, 4, 400));

    private HttpListener open(HttpLimits limits) {
        try {
            return HttpListener.open(ListenerConfig.of("http", "127.0.0.1", 0), limits, loops, request -> {
                if (request.rawPath().equals("/broken")) {
                    throw new IllegalStateException("as the test wants it");
                }
                if (request.rawPath().equals("/long")) {
                    return HttpResponse.of(200, HttpResponse.TEXT, HttpListenerTest::writeLong);
                }
                if (request.rawPath().equals("/torn")) {
                    return HttpResponse.of(200, HttpResponse.TEXT, out -> {
                        writeLong(out);
                        throw new IOException("as the test wants it");
                    });
                }
                var text = request.method() + " " + request.rawPath() + " "
                        + request.query().values() + " " + new String(request.body(), UTF_8);
                return HttpResponse.text(request.rawPath().equals("/empty") ? 204 : 200, text)
                        .with("x-seen", "yes");
            });
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void writeLong(OutputStream out) throws IOException {
        for (int i = 0; i < LINES; i++) {
            out.write(line(i));
        }
    }

    private static byte[] line(int number) {
        return (number + "\n").getBytes(UTF_8);
    }

    @AfterEach
    void stop() {
        listener.close();
        client.close();
        loops.close();
    }

    private java.net.http.HttpResponse<String> send(String method, String target, String body) throws Exception {
        var uri = URI.create("http://127.0.0.1:" + listener.listener().port() + target);
        return client.send(
                java.net.http.HttpRequest.newBuilder(uri)
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void a_request_reaches_the_service_with_its_raw_path_and_decoded_query() throws Exception {
        var answer = send("PUT", "/a%2Fb/c?x=1&y=a%20b+c&x=2", "hello");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("PUT /a%2Fb/c {x=[1, 2], y=[a b c]} hello");
        assertThat(answer.headers().firstValue("x-seen")).contains("yes");
    }

    @Test
    void requests_sent_ahead_are_answered_in_order() throws Exception {
        try (var socket = new Socket("127.0.0.1", listener.listener().port())) {
            var one = "GET /%d HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
            socket.getOutputStream()
                    .write((one.formatted(1) + one.formatted(2) + "GET /3 HTTP/1.1\r\nconnection: close\r\n\r\n")
                            .getBytes(UTF_8));

            var answers = new String(socket.getInputStream().readAllBytes(), UTF_8);

            assertThat(answers).containsSubsequence("GET /1", "GET /2", "GET /3");
        }
    }

    @Test
    void head_has_the_headers_of_get_and_no_body() throws Exception {
        var answer = send("HEAD", "/x", "");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValueAsLong("content-length")).hasValue("HEAD /x {} ".length());
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void a_body_that_is_too_large_is_refused() throws Exception {
        assertThat(send("POST", "/x", "x".repeat(1001)).statusCode()).isEqualTo(413);
        assertThat(send("POST", "/x", "x".repeat(1000)).statusCode()).isEqualTo(200);
    }

    @Test
    void a_request_line_or_head_that_is_too_large_is_refused() throws Exception {
        assertThat(send("GET", "/" + "x".repeat(20_000), "").statusCode()).isEqualTo(414);
        try (var socket = new Socket("127.0.0.1", listener.listener().port())) {
            socket.getOutputStream().write(("GET / HTTP/1.1\r\nx: " + "y".repeat(40_000) + "\r\n\r\n").getBytes(UTF_8));
            assertThat(socket.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 431");
        }
    }

    @Test
    void bytes_that_are_no_http_are_refused() throws Exception {
        try (var socket = new Socket("127.0.0.1", listener.listener().port())) {
            socket.getOutputStream().write("AMQP\0\0\11\1 and more\r\n\r\n".getBytes(UTF_8));
            assertThat(socket.getInputStream().readAllBytes()).asString().startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void a_connection_on_which_nothing_comes_is_closed() throws Exception {
        try (var socket = new Socket("127.0.0.1", listener.listener().port())) {
            socket.getOutputStream().write("GET /x HTTP/1.1\r\n".getBytes(UTF_8));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void a_service_that_fails_costs_a_500_and_not_the_connection() throws Exception {
        assertThat(send("GET", "/broken", "").statusCode()).isEqualTo(500);
        assertThat(send("GET", "/x", "").statusCode()).isEqualTo(200);
    }

    /// A client that is held up for a while is not cut.
    private void havePatience() {
        listener.close();
        listener = open(new HttpLimits(1000, 1500, 4, 60_000));
    }

    @Test
    void a_long_answer_comes_whole_and_leaves_the_connection_for_the_next() throws Exception {
        havePatience();
        for (int i = 0; i < 2; i++) {
            assertThat(send("GET", "/long", "").body()).hasLineCount(LINES).endsWith((LINES - 1) + "\n");
        }
        assertThat(send("HEAD", "/long", "").body()).isEmpty();
        assertThat(send("GET", "/x", "").body()).isEqualTo("GET /x {} ");
    }

    @Test
    void a_long_answer_is_zipped_for_who_understands_it() throws Exception {
        havePatience();
        try (var socket = new Socket("127.0.0.1", listener.listener().port())) {
            socket.getOutputStream().write("GET /long HTTP/1.0\r\naccept-encoding: gzip\r\n\r\n".getBytes(UTF_8));
            var answer = new DataInputStream(socket.getInputStream());
            var head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                head.append((char) answer.readByte());
            }

            assertThat(head.toString().toLowerCase(Locale.ROOT))
                    .contains("content-encoding: gzip")
                    .doesNotContain("chunked");
            assertThat(new String(new GZIPInputStream(answer).readAllBytes(), UTF_8))
                    .hasLineCount(LINES)
                    .endsWith((LINES - 1) + "\n");
        }
    }

    @Test
    void an_answer_that_fails_in_the_middle_is_seen_not_to_be_whole() {
        assertThatThrownBy(() -> send("GET", "/torn", "")).isInstanceOf(IOException.class);
    }

    @Test
    void whoever_does_not_read_a_long_answer_is_closed_after_the_idle_time_and_keeps_nobody_waiting() throws Exception {
        var stuck = new ArrayList<Socket>();
        for (int i = 0; i < 8; i++) { // twice as many as may be served at a time
            var socket = new Socket("127.0.0.1", listener.listener().port());
            socket.getOutputStream().write("GET /long HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(UTF_8));
            stuck.add(socket);
        }

        assertThat(send("GET", "/x", "").statusCode()).isEqualTo(200);
        await().until(() -> listener.listener().connections() <= 1); // the client's own
        for (var socket : stuck) {
            socket.close();
        }
    }

    @Test
    void names_survive_being_encoded_and_decoded() {
        for (var name : new String[] {"/", "a b", "100%", "ä€😀", "a+b~c", "%2F", "=&?#"}) {
            assertThat(Percent.decode(Percent.encode(name))).isEqualTo(name);
        }
        assertThat(Percent.encode("a/b ~")).isEqualTo("a%2Fb%20~");
        assertThat(Percent.decode("100%")).isEqualTo("100%");
    }
}
