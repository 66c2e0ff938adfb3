package io.headrace.shovel;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.impl.ContentHeaderPropertyWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/// Properties as the client library has them and as bytes (0-9-1 §4.2.6.1), both ways by the library's own
/// codec.
final class PropertyBlock {
    /// The library reads a content header: weight and size of the body stand before the flags.
    private static final int BEFORE_FLAGS_BYTES = Short.BYTES + Long.BYTES;

    private PropertyBlock() {}

    static BasicProperties read(byte[] block) throws ShovelTrouble {
        var header = new byte[BEFORE_FLAGS_BYTES + block.length];
        System.arraycopy(block, 0, header, BEFORE_FLAGS_BYTES, block.length);
        try {
            return new BasicProperties(new DataInputStream(new ByteArrayInputStream(header)));
        } catch (IOException e) {
            throw new ShovelTrouble("a message has properties that cannot be read", e);
        }
    }

    static byte[] write(BasicProperties properties) throws ShovelTrouble {
        var bytes = new ByteArrayOutputStream();
        try {
            properties.writePropertiesTo(new ContentHeaderPropertyWriter(new DataOutputStream(bytes)));
        } catch (IOException | IllegalArgumentException e) {
            throw new ShovelTrouble("a message has properties that cannot be written: " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }
}
