package io.headrace.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.MessageProperties.Property;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: other headers, and everything else as it was.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PropertiesCopyTest {
    private static final FieldTable HEADERS = new FieldTable(Map.of("a", new FieldValue.Int32(1)));

    @Test
    void headers_are_added_where_there_were_none() {
        // content-type "t", delivery-mode 2, expiration "5", message-id "m"
        var block = block(0x9180, 1, 't', 2, 1, '5', 1, 'm');

        var copy = read(PropertiesCopy.of(wrap(block), block, HEADERS));

        assertThat(copy.headers()).isEqualTo(HEADERS);
        assertThat(copy.text(Property.CONTENT_TYPE)).contains("t");
        assertThat(copy.persistent()).isTrue();
        assertThat(copy.text(Property.EXPIRATION)).contains("5");
        assertThat(copy.text(Property.MESSAGE_ID)).contains("m");
    }

    @Test
    void one_that_lasts_has_no_expiration() {
        var block = block(0x1100, 2, 1, '5');

        var copy = read(PropertiesCopy.lasting(wrap(block), block, HEADERS));

        assertThat(copy.has(Property.EXPIRATION)).isFalse();
        assertThat(copy.persistent()).isTrue();
        assertThat(copy.headers()).isEqualTo(HEADERS);
    }

    @Test
    void headers_that_are_empty_are_left_out() {
        var none = block(0);
        var with = PropertiesCopy.of(wrap(none), none, HEADERS);

        var copy = PropertiesCopy.of(wrap(with), with, FieldTable.EMPTY);

        assertThat(copy).isEqualTo(none);
    }

    private static ByteBuffer block(int flags, int... rest) {
        var block = ByteBuffer.allocate(2 + rest.length).putShort((short) flags);
        for (int octet : rest) {
            block.put((byte) octet);
        }
        return block.flip();
    }

    private static MessageProperties wrap(ByteBuffer block) {
        return new MessageProperties().wrap(block, 0, block.limit());
    }

    private static MessageProperties read(ByteBuffer block) {
        return wrap(block);
    }
}
