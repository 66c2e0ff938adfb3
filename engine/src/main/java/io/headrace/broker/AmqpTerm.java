package io.headrace.broker;

import io.headrace.catalog.ErlangTerm;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Values as Erlang prints them, where RabbitMQ's events have nothing better.
final class AmqpTerm {
    private static final int GROUP_BYTES = 2;

    private AmqpTerm() {}

    /// `{<<"x-max-length">>,signedint,5}`
    static String field(String name, FieldValue value) {
        return "{" + ErlangTerm.of(FieldValue.LongString.of(name)) + "," + value.typeName() + "," + of(value) + "}";
    }

    private static String of(FieldValue value) {
        return switch (value) {
            case FieldValue.Table(FieldTable table) ->
                table.fields().entrySet().stream()
                        .map(field -> field(field.getKey(), field.getValue()))
                        .collect(Collectors.joining(",", "[", "]"));
            case FieldValue.Array(List<FieldValue> values) ->
                values.stream()
                        .map(item -> "{" + item.typeName() + "," + of(item) + "}")
                        .collect(Collectors.joining(",", "[", "]"));
            case FieldValue.Nothing _ -> "undefined";
            case FieldValue.LongString _,
                    FieldValue.Bool _,
                    FieldValue.Int8 _,
                    FieldValue.UInt8 _,
                    FieldValue.Int16 _,
                    FieldValue.UInt16 _,
                    FieldValue.Int32 _,
                    FieldValue.UInt32 _,
                    FieldValue.Int64 _,
                    FieldValue.Float32 _,
                    FieldValue.Float64 _,
                    FieldValue.Decimal _,
                    FieldValue.Timestamp _,
                    FieldValue.Binary _ -> ErlangTerm.of(value);
        };
    }

    /// `{127,0,0,1}`, or eight numbers; empty for what is no address.
    static String address(SocketAddress address) {
        if (!(address instanceof InetSocketAddress place) || place.isUnresolved()) {
            return "";
        }
        InetAddress ip = place.getAddress();
        byte[] bytes = ip.getAddress();
        int width = bytes.length == Integer.BYTES ? 1 : GROUP_BYTES;
        List<String> groups = new ArrayList<>();
        for (int i = 0; i < bytes.length; i += width) {
            groups.add(Integer.toString(width == 1 ? bytes[i] & 0xff : (bytes[i] & 0xff) << 8 | bytes[i + 1] & 0xff));
        }
        return groups.stream().collect(Collectors.joining(",", "{", "}"));
    }

    static long port(SocketAddress address) {
        return address instanceof InetSocketAddress place ? place.getPort() : 0;
    }
}
