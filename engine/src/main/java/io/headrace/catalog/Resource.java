package io.headrace.catalog;

/// A named thing of a vhost, for saying which one was meant.
public record Resource(Kind kind, String name, String vhost) {
    public enum Kind {
        EXCHANGE,
        QUEUE,
        TOPIC
    }

    public static Resource exchange(String name, String vhost) {
        return new Resource(Kind.EXCHANGE, name, vhost);
    }

    public static Resource topic(String name, String vhost) {
        return new Resource(Kind.TOPIC, name, vhost);
    }

    public static Resource queue(String name, String vhost) {
        return new Resource(Kind.QUEUE, name, vhost);
    }
}
