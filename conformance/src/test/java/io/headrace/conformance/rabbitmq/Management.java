package io.headrace.conformance.rabbitmq;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The HTTP API as `guest`, for what AMQP has no method for.
///
/// @param vhost where everything is done
record Management(String host, int port, String vhost, HttpClient client) {
    private static final String GUEST =
            "Basic " + Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));

    Management(String host, int port, String vhost) {
        this(
                host,
                port,
                vhost,
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
    }

    /// @param path after `/api/`; `{vhost}` stands for the vhost
    /// @return status and body, or that there is nobody to ask
    String call(String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + "/api/" + inVhost(path)))
                .header("Authorization", GUEST)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            var response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return (response.statusCode() + " " + response.body()).strip();
        } catch (IOException e) {
            return "no HTTP API";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String inVhost(String path) {
        return path.replace("{vhost}", URLEncoder.encode(vhost, StandardCharsets.UTF_8));
    }
}
