package io.headrace.bench;

import java.util.Locale;

/// The methods that open and close a connection and open a channel, AMQP 0-9-1 §1.4 and §1.5.
enum Method {
    CONNECTION_START(10, 10),
    CONNECTION_START_OK(10, 11),
    CONNECTION_TUNE(10, 30),
    CONNECTION_TUNE_OK(10, 31),
    CONNECTION_OPEN(10, 40),
    CONNECTION_OPEN_OK(10, 41),
    CONNECTION_CLOSE(10, 50),
    CONNECTION_CLOSE_OK(10, 51),
    CHANNEL_OPEN(20, 10),
    CHANNEL_OPEN_OK(20, 11);

    final int classId;
    final int methodId;

    Method(int classId, int methodId) {
        this.classId = classId;
        this.methodId = methodId;
    }

    /// As the specification has it: `connection.start-ok`.
    String title() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_", ".").replace('_', '-');
    }
}
