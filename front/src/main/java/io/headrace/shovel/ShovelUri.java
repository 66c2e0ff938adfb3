package io.headrace.shovel;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// Where one end of a shovel is: `amqp://user:password@host:port/vhost?heartbeat=5`. Without a host it is this
/// broker, as in RabbitMQ.
///
/// @param text without user and password, for operators to read
/// @param host empty: this broker
record ShovelUri(
        String text,
        boolean tls,
        Optional<String> host,
        int port,
        Optional<String> user,
        Optional<String> password,
        String vhost,
        Map<String, String> options) {
    static final String HEARTBEAT = "heartbeat";
    static final String CONNECTION_TIMEOUT = "connection_timeout";
    static final String CHANNEL_MAX = "channel_max";
    static final String VERIFY = "verify";
    static final String CA_FILE = "cacertfile";

    private static final List<String> NUMBERS = List.of(HEARTBEAT, CONNECTION_TIMEOUT, CHANNEL_MAX);
    private static final List<String> VERIFY_VALUES = List.of("verify_peer", "verify_none");
    private static final int AMQP_PORT = 5672;
    private static final int AMQPS_PORT = 5671;
    private static final Pattern SHAPE = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*)://([^/?#]*)(/[^?#]*)?(?:\\?(.*))?");
    private static final Pattern AUTHORITY = Pattern.compile("(?:(.*)@)?(\\[[0-9a-fA-F:.]+]|[^:@]*)(?::([0-9]{1,5}))?");

    /// What became of reading one.
    sealed interface Reading {
        record Read(ShovelUri uri) implements Reading {}

        /// @param why in RabbitMQ's manner
        record Wrong(String why) implements Reading {}
    }

    static Reading read(String uri) {
        if (!uri.contains("://")) {
            return wrong("unable_to_parse_uri,no_scheme", uri);
        }
        var shape = SHAPE.matcher(uri);
        if (!shape.matches()) {
            return malformed(uri);
        }
        var scheme = shape.group(1);
        if (!scheme.equals("amqp") && !scheme.equals("amqps")) {
            return wrong("unexpected_uri_scheme,\"" + scheme + "\"", uri);
        }
        var authority = AUTHORITY.matcher(shape.group(2));
        if (!authority.matches()) {
            return malformed(uri);
        }
        var path = shape.group(3);
        if (path != null && path.indexOf('/', 1) >= 0) {
            return wrong("invalid_vhost,\"" + path.substring(1) + "\"", uri);
        }
        try {
            var options = options(shape.group(4));
            var unsuitable = unsuitable(options);
            return unsuitable.isPresent()
                    ? wrong(unsuitable.get(), uri)
                    : new Reading.Read(assembled(uri, scheme.equals("amqps"), authority, path, options));
        } catch (IllegalArgumentException _) { // of percent signs or numbers
            return malformed(uri);
        }
    }

    private static ShovelUri assembled(
            String uri, boolean tls, java.util.regex.Matcher authority, String path, Map<String, String> options) {
        Optional<String> user = Optional.empty();
        Optional<String> password = Optional.empty();
        if (authority.group(1) != null) {
            var both = authority.group(1).split(":", 2);
            user = Optional.of(decoded(both[0])).filter(name -> !name.isEmpty());
            password = both.length > 1 ? Optional.of(decoded(both[1])) : Optional.empty();
        }
        int port = authority.group(3) == null ? tls ? AMQPS_PORT : AMQP_PORT : Integer.parseInt(authority.group(3));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port);
        }
        var host = authority.group(2).replaceAll("[\\[\\]]", "");
        return new ShovelUri(
                uri.replaceFirst("://[^/?#]*@", "://"),
                tls,
                host.isEmpty() ? Optional.empty() : Optional.of(host),
                port,
                user,
                password,
                path == null ? "/" : decoded(path.substring(1)),
                options);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static Map<String, String> options(String query) {
        Map<String, String> options = new LinkedHashMap<>();
        if (query != null && !query.isEmpty()) {
            for (String pair : query.split("&")) {
                var both = pair.split("=", 2);
                options.put(decoded(both[0]), both.length > 1 ? decoded(both[1]) : "");
            }
        }
        return options;
    }

    /// RabbitMQ passes over what it does not know; here everything that is taken acts.
    private static Optional<String> unsuitable(Map<String, String> options) {
        for (var option : options.entrySet()) {
            var name = option.getKey();
            var value = option.getValue();
            if (NUMBERS.contains(name) ? !value.matches("[0-9]{1,9}") : !suits(name, value)) {
                return Optional.of("invalid_amqp_params_parameter," + name + ",\"" + value + "\"");
            }
        }
        return Optional.empty();
    }

    private static boolean suits(String name, String value) {
        return switch (name) {
            case VERIFY -> VERIFY_VALUES.contains(value);
            case CA_FILE -> !value.isEmpty();
            case "auth_mechanism" -> value.equals("plain");
            default -> false; // of names nobody has thought of
        };
    }

    private static Reading malformed(String uri) {
        return wrong("unable_to_parse_uri,{malformed_uri,\"" + uri + "\"}", uri);
    }

    private static Reading wrong(String why, String uri) {
        return new Reading.Wrong("\"" + uri + "\" not a valid URI: {{" + why + "},\"" + uri + "\"}");
    }

    /// This broker, without a connection.
    boolean local() {
        return host.isEmpty();
    }

    OptionalInt number(String option) {
        return options.containsKey(option)
                ? OptionalInt.of(Integer.parseInt(options.get(option)))
                : OptionalInt.empty();
    }

    boolean verifies() {
        return !"verify_none".equals(options.get(VERIFY));
    }

    /// Never with a password.
    @Override
    public String toString() {
        return text;
    }
}
