package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;

/// An open port, as the overview has it.
record Door(String node, String address, int port, String protocol) {
    static List<Door> of(JsonNode overview) {
        List<Door> all = new ArrayList<>();
        overview.path("listeners")
                .forEach(one -> all.add(new Door(
                        one.path("node").asText(),
                        one.path("ip_address").asText(),
                        one.path("port").asInt(),
                        one.path("protocol").asText())));
        return all;
    }

    private String shownAddress() {
        return address.contains(":") ? "[" + address + "]" : address;
    }

    private String purpose() {
        return switch (protocol) {
            case "amqp" -> "AMQP 0-9-1";
            case "amqp/ssl" -> "AMQP 0-9-1 over TLS";
            case "http" -> "HTTP API";
            case "https" -> "HTTP API over TLS (HTTPS)";
            case "http/prometheus" -> "Prometheus exporter API over HTTP";
            case "https/prometheus" -> "Prometheus exporter API over TLS (HTTPS)";
            case "kafka" -> "Kafka";
            case "kafka/ssl" -> "Kafka over TLS";
            default -> protocol; // one that a later broker has
        };
    }

    String line() {
        return "Interface: " + shownAddress() + ", port: " + port + ", protocol: " + protocol + ", purpose: "
                + purpose();
    }

    /// Where this machine reaches it.
    String reachable() {
        return address.equals("::") || address.equals("0.0.0.0") ? "127.0.0.1" : address;
    }

    static ArrayNode json(List<Door> all) {
        var list = Api.JSON.createArrayNode();
        all.forEach(one -> list.addObject()
                .put("interface", one.shownAddress())
                .put("node", one.node)
                .put("port", one.port)
                .put("protocol", one.protocol)
                .put("purpose", one.purpose()));
        return list;
    }
}
