package io.headrace.broker;

import io.headrace.catalog.Catalog;
import io.headrace.config.Settings;
import java.util.Objects;

/// Whether there is an event exchange.
///
/// @param vhost where it is; made if it is not there
public record EventConfig(boolean enabled, String vhost) {
    public EventConfig {
        Objects.requireNonNull(vhost);
    }

    public static EventConfig none() {
        return new EventConfig(false, Catalog.DEFAULT_VHOST);
    }

    public static EventConfig read(Settings settings) {
        var normal = none();
        return new EventConfig(
                settings.flag(
                        "enabled",
                        normal.enabled,
                        "Whether there is the exchange amq.rabbitmq.event, to which the broker publishes what happens in"
                                + " it; RabbitMQ's plugin rabbitmq_event_exchange."),
                settings.text("vhost", normal.vhost, "Vhost of that exchange; made if it is not there."));
    }
}
