package io.headrace.broker;

/// What happens in the broker, for whoever binds a queue to RabbitMQ's event exchange.
///
/// Whoever tells looks at [#heard] first, which is all that events cost while nobody listens.
///
/// Threads: any.
public interface Events {
    /// Of a broker that has no event exchange.
    Events NONE = new Events() {
        @Override
        public boolean enabled() {
            return false;
        }

        @Override
        public boolean heard() {
            return false;
        }

        @Override
        public void tell(Event event) {}
    };

    /// Whether there is an event exchange.
    boolean enabled();

    /// Whether anything is bound to it.
    boolean heard();

    /// Publishes an event, if it is heard: when what is going on now is done, in the order of being told.
    void tell(Event event);
}
