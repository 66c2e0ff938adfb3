package io.headrace.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.message.MessageProperties.Property;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MessagePropertiesTest {
    private final MessageProperties properties = new MessageProperties();

    @Test
    void a_message_without_properties_is_transient_and_has_none() {
        wrap("0000");

        assertThat(properties.persistent()).isFalse();
        assertThat(properties.priority()).isEqualTo(-1);
        assertThat(properties.headers().isEmpty()).isTrue();
        assertThat(properties.expirationMillis()).isEqualTo(-1);
        for (Property property : Property.values()) {
            assertThat(properties.has(property)).isFalse();
        }
    }

    @Test
    void every_property_is_found_in_its_place() {
        // all fourteen: strings of one letter each, an empty table, mode 2, priority 9, a timestamp
        wrap("fffc 0161 0162 00000000 02 09 0163 0164 0135 0166 0000000065000000 0167 0168 0169 016a");

        assertThat(properties.text(Property.CONTENT_TYPE)).contains("a");
        assertThat(properties.text(Property.CONTENT_ENCODING)).contains("b");
        assertThat(properties.persistent()).isTrue();
        assertThat(properties.priority()).isEqualTo(9);
        assertThat(properties.text(Property.CORRELATION_ID)).contains("c");
        assertThat(properties.text(Property.REPLY_TO)).contains("d");
        assertThat(properties.expirationMillis()).isEqualTo(5);
        assertThat(properties.text(Property.MESSAGE_ID)).contains("f");
        assertThat(properties.bytes(Property.TIMESTAMP)).isEqualTo(8);
        assertThat(properties.text(Property.TYPE)).contains("g");
        assertThat(properties.text(Property.USER_ID)).contains("h");
        assertThat(properties.text(Property.APP_ID)).contains("i");
        assertThat(properties.text(Property.CLUSTER_ID)).contains("j");
    }

    @Test
    void delivery_mode_2_is_persistent_and_any_other_is_not() {
        assertThat(wrap("1000 02").persistent()).isTrue();
        assertThat(wrap("1000 01").persistent()).isFalse();
        assertThat(wrap("1000 03").persistent()).isFalse();
    }

    @Test
    void the_user_id_differs_only_if_there_is_one_and_it_is_another() {
        byte[] guest = "guest".getBytes(StandardCharsets.UTF_8);

        assertThat(wrap("0000").userIdDiffersFrom(guest)).isFalse();
        assertThat(wrap("0010 05 6775657374").userIdDiffersFrom(guest)).isFalse();
        assertThat(wrap("0010 05 6775657375").userIdDiffersFrom(guest)).isTrue();
        assertThat(wrap("0010 00").userIdDiffersFrom(guest)).isTrue();
    }

    @Test
    void a_header_is_found_by_name_at_the_top_level_only() {
        FieldTable inner = new FieldTable(Map.of("BCC", new FieldValue.Nothing()));
        wrapHeaders(new FieldTable(Map.of("CC", new FieldValue.Int8((byte) 1), "t", new FieldValue.Table(inner))));

        assertThat(properties.hasHeader(ascii("CC"))).isTrue();
        assertThat(properties.hasHeader(ascii("t"))).isTrue();
        assertThat(properties.hasHeader(ascii("BCC"))).isFalse();
        assertThat(properties.hasHeader(ascii("C"))).isFalse();
    }

    @Test
    void headers_keep_their_types() {
        FieldTable headers = FieldTableTest.tableOfEveryType();

        wrapHeaders(headers);

        assertThat(properties.headers()).isEqualTo(headers);
        properties.checkHeaders();
    }

    @Test
    void lengths_that_reach_beyond_the_block_are_malformed() {
        assertMalformed("00", "property flags cut short");
        assertMalformed("8000 05 61", "property CONTENT_TYPE cut short");
        assertMalformed("2000 00000005 61", "property HEADERS cut short");
        assertMalformed("2000 ffffffff", "property HEADERS cut short");
        assertMalformed("2000 0000", "property HEADERS cut short");
        assertMalformed("0040 00000000", "property TIMESTAMP cut short");
        assertMalformed("1000", "property DELIVERY_MODE cut short");
    }

    @Test
    void bytes_after_the_last_property_are_malformed() {
        assertMalformed("0000 00", "1 bytes after the last property");
    }

    @Test
    void flags_that_class_basic_does_not_have_are_malformed() {
        assertMalformed("0001", "unknown property flags 0x0001");
        assertMalformed("0002", "unknown property flags 0x0002");
    }

    @Test
    void headers_that_are_no_table_are_malformed_when_they_are_looked_at() {
        wrap("2000 00000003 016b 7a");

        assertThatThrownBy(properties::checkHeaders).isInstanceOf(MalformedException.class);
        assertThatThrownBy(properties::headers).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> properties.hasHeader(ascii("CC"))).isInstanceOf(MalformedException.class);
    }

    @Test
    void an_expiration_is_a_decimal_number_of_milliseconds() {
        assertThat(expiration("0").expirationMillis()).isZero();
        assertThat(expiration("315360000000").expirationMillis()).isEqualTo(315_360_000_000L);
        assertExpiration("", "invalid expiration '': no_integer");
        assertExpiration("soon", "invalid expiration 'soon': no_integer");
        assertExpiration("5s", "invalid expiration '5s': {leftover_string,\"s\"}");
        assertExpiration("-1", "invalid expiration '-1': {value_negative,-1}");
        assertExpiration("315360000001", "invalid expiration '315360000001': {value_too_large,315360000001}");
        assertExpiration(
                "99999999999999999999",
                "invalid expiration '99999999999999999999': {value_too_large,99999999999999999999}");
    }

    @Test
    void random_bytes_are_in_order_or_malformed_and_nothing_else() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int inOrder = 0;

        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = new byte[2 + random.nextInt(24)];
            random.nextBytes(bytes);
            // few properties, so that some blocks are in order
            ByteBuffer.wrap(bytes).putShort(0, (short) (0x8000 >>> random.nextInt(14) | 0x8000 >>> random.nextInt(14)));
            try {
                properties.wrap(ByteBuffer.wrap(bytes), 0, bytes.length);
                inOrder++;
                properties.checkHeaders();
                properties.hasHeader(ascii("CC"));
            } catch (MalformedException e) {
                assertThat(e.getMessage()).as("seed %d, round %d", seed, round).isNotEmpty();
            }
        }

        assertThat(inOrder).as("seed %d", seed).isPositive();
    }

    private void assertExpiration(String text, String message) {
        assertThatThrownBy(expiration(text)::expirationMillis)
                .isInstanceOf(MalformedException.class)
                .hasMessage(message);
    }

    private MessageProperties expiration(String text) {
        byte[] bytes = ascii(text);
        ByteBuffer block = ByteBuffer.allocate(3 + bytes.length);
        block.putShort((short) 0x0100).put((byte) bytes.length).put(bytes);
        return new MessageProperties().wrap(block, 0, block.capacity());
    }

    private void assertMalformed(String hex, String reason) {
        assertThatThrownBy(() -> wrap(hex))
                .isInstanceOf(MalformedException.class)
                .hasMessage(reason);
    }

    private void wrapHeaders(FieldTable headers) {
        ByteBuffer block = ByteBuffer.allocate(2 + FieldTableEncoder.sizeBytes(headers));
        block.putShort(0, (short) 0x2000);
        FieldTableEncoder.encode(headers, block, 2);
        properties.wrap(block, 0, block.capacity());
    }

    private MessageProperties wrap(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return properties.wrap(ByteBuffer.wrap(bytes), 0, bytes.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
