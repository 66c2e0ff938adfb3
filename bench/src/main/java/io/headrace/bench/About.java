package io.headrace.bench;

import com.rabbitmq.client.ConnectionFactory;

/// Who answers there.
record About() implements Workload {
    @Override
    public void run(ConnectionFactory broker, Report report) throws Exception {
        try (var connection = broker.newConnection()) {
            var server = connection.getServerProperties();
            report.say(server.get("product") + " " + server.get("version"));
        }
    }
}
