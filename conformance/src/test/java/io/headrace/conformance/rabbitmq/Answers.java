package io.headrace.conformance.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.ShutdownSignalException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Turns what a broker sends into lines that are the same for two brokers that behave the same: names and times that a
/// broker makes up are told as such, and everything else to the letter, field types included.
final class Answers {
    private static final Duration AROUND_NOW = Duration.ofMinutes(10);
    private static final int BODY_CHARACTERS_MAX = 60;
    private static final Pattern MADE_UP = Pattern.compile(
            "amq\\.(gen|ctag)-[\\w-]{22}|(?<=amq\\.rabbitmq\\.reply-to\\.)[\\w.=+/-]+|<\\d+\\.\\d+\\.\\d+>");

    private final String vhost;

    /// @param vhost where the script runs, told as `/`
    Answers(String vhost) {
        this.vhost = vhost;
    }

    String text(String text) {
        return MADE_UP.matcher(text.replace("vhost '" + vhost + "'", "vhost '/'"))
                .replaceAll(match -> match.group(1) == null ? "*" : "amq." + match.group(1) + "-*");
    }

    /// Why a channel or a connection is gone.
    String closing(ShutdownSignalException signal) {
        return switch (signal.getReason()) {
            case AMQP.Channel.Close close ->
                "channel.close %d %s (%d.%d)"
                        .formatted(
                                close.getReplyCode(),
                                text(close.getReplyText()),
                                close.getClassId(),
                                close.getMethodId());
            case AMQP.Connection.Close close ->
                "connection.close %d %s (%d.%d)"
                        .formatted(
                                close.getReplyCode(),
                                text(close.getReplyText()),
                                close.getClassId(),
                                close.getMethodId());
            case null, default -> "the connection is gone without a word";
        };
    }

    List<String> message(String path, String exchange, String key, AMQP.BasicProperties properties, byte[] body) {
        var lines = new ArrayList<String>();
        lines.add(path + ".exchange = " + text(exchange));
        lines.add(path + ".key = " + text(key));
        lines.add(path + ".body = " + body(body));
        add(lines, path + ".content-type", properties.getContentType());
        add(lines, path + ".content-encoding", properties.getContentEncoding());
        add(lines, path + ".delivery-mode", properties.getDeliveryMode());
        add(lines, path + ".priority", properties.getPriority());
        add(lines, path + ".correlation-id", properties.getCorrelationId());
        add(lines, path + ".reply-to", properties.getReplyTo());
        add(lines, path + ".expiration", properties.getExpiration());
        add(lines, path + ".message-id", properties.getMessageId());
        add(lines, path + ".timestamp", properties.getTimestamp());
        add(lines, path + ".type", properties.getType());
        add(lines, path + ".user-id", properties.getUserId());
        add(lines, path + ".app-id", properties.getAppId());
        add(lines, path + ".cluster-id", properties.getClusterId());
        if (properties.getHeaders() != null) {
            table(lines, path + ".headers", properties.getHeaders());
        }
        return lines;
    }

    private void add(List<String> lines, String path, Object property) {
        if (property != null) {
            lines.add(path + " = " + scalar(property));
        }
    }

    void table(List<String> lines, String path, Map<String, Object> table) {
        if (table.isEmpty()) {
            lines.add(path + " = {}");
        }
        new TreeMap<>(table).forEach((key, value) -> field(lines, path + "." + key, value));
    }

    @SuppressWarnings("unchecked") // a table of the client has strings as keys
    private void field(List<String> lines, String path, Object value) {
        switch (value) {
            case Map<?, ?> table -> table(lines, path, (Map<String, Object>) table);
            case List<?> list when list.isEmpty() -> lines.add(path + " = []");
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    field(lines, path + "[" + i + "]", list.get(i));
                }
            }
            case null -> lines.add(path + " = void");
            default -> lines.add(path + " = " + scalar(value));
        }
    }

    private String scalar(Object value) {
        return switch (value) {
            case LongString string -> "'" + text(string.toString()) + "'";
            case String string -> "'" + text(string) + "'";
            case byte[] bytes -> "bytes " + HexFormat.of().formatHex(bytes);
            case Date date -> isNow(date) ? "now" : "time " + date.getTime() / 1000;
            default -> value.getClass().getSimpleName() + " " + value;
        };
    }

    private static boolean isNow(Date date) {
        return Math.abs(date.getTime() - System.currentTimeMillis()) < AROUND_NOW.toMillis();
    }

    private static String body(byte[] body) {
        return body.length <= BODY_CHARACTERS_MAX
                ? "'" + new String(body, StandardCharsets.UTF_8) + "'"
                : body.length + " bytes";
    }
}
