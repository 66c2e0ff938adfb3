package io.headrace.routing;

import io.headrace.catalog.Refusal;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.MessageProperties;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Further routing keys that the sender put into the headers `CC` and `BCC`. Consumers see `CC`; whoever
/// stores the message removes `BCC` first.
public record CopyKeys(List<String> cc, List<String> bcc) {
    private static final String CC = "CC";
    private static final String BCC = "BCC";
    private static final byte[] CC_BYTES = CC.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BCC_BYTES = BCC.getBytes(StandardCharsets.US_ASCII);

    public CopyKeys {
        cc = List.copyOf(cc);
        bcc = List.copyOf(bcc);
    }

    /// What the headers say.
    public sealed interface Reading {
        record Read(CopyKeys keys) implements Reading {}

        /// A header is not an array.
        record Refused(Refusal refusal) implements Reading {}
    }

    /// Whether a message has such headers at all. Allocates nothing.
    ///
    /// @throws io.headrace.message.MalformedException the headers are not a table
    public static boolean in(MessageProperties properties) {
        return properties.hasHeader(CC_BYTES) || properties.hasHeader(BCC_BYTES);
    }

    /// Elements of the arrays that are not long strings are passed over, as RabbitMQ does.
    public static Reading of(FieldTable headers) {
        for (String name : List.of(CC, BCC)) {
            FieldValue value = headers.get(name).orElse(null);
            if (value != null && !(value instanceof FieldValue.Array)) {
                return new Reading.Refused(new Refusal.Malformed(
                        "invalid message: {unacceptable_type_in_header,\"" + name + "\"," + value.typeName() + "}"));
            }
        }
        return new Reading.Read(new CopyKeys(texts(headers, CC), texts(headers, BCC)));
    }

    /// The message's own key and all of these, for [Router#route].
    public List<String> with(String key) {
        List<String> keys = new ArrayList<>(1 + cc.size() + bcc.size());
        keys.add(key);
        keys.addAll(cc);
        keys.addAll(bcc);
        return keys;
    }

    private static List<String> texts(FieldTable headers, String name) {
        List<String> texts = new ArrayList<>();
        if (headers.get(name).orElse(null) instanceof FieldValue.Array array) {
            for (FieldValue value : array.values()) {
                if (value instanceof FieldValue.LongString text) {
                    texts.add(text.text());
                }
            }
        }
        return texts;
    }
}
