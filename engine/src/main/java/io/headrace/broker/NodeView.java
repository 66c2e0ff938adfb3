package io.headrace.broker;

import java.util.List;
import java.util.OptionalLong;

/// The process and its machine, as the house knows them and whoever watches wants to know.
///
/// Threads: any.
public interface NodeView {
    /// An open port.
    ///
    /// @param protocol as RabbitMQ calls it: `amqp`, `amqp/ssl`, `http`, `https`, `http/prometheus`,
    /// `https/prometheus`; `kafka`, `kafka/ssl`
    record Door(String protocol, String host, int port, boolean tls) {}

    List<Door> doors();

    /// AMQP connections, and how many there may be.
    ///
    /// @param most 0 for no limit
    record ConnectionLimit(int open, int most) {
        public boolean reached() {
            return most > 0 && open >= most;
        }
    }

    ConnectionLimit connectionLimit();

    Maintenance maintenance();

    /// Version of Headrace.
    String version();

    long startedMillis();

    /// Where everything lies that must survive.
    String dataDirectory();

    OptionalLong residentBytes();

    OptionalLong threads();

    /// When the first certificate of a listener ends; empty if there is none.
    OptionalLong certificateEndMillis();

    OptionalLong openFiles();

    OptionalLong openFilesMax();

    /// Whether this is the key of whoever may read the data directory. By default nobody has one.
    default boolean isOperator(byte[] key) {
        return false;
    }

    /// Tells from now on what is at least this important.
    ///
    /// @param level `debug`, `info`, `warning` or `error`
    /// @return false if there is no such level
    default boolean logFrom(String level) {
        return false;
    }
}
