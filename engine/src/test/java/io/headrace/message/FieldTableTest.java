package io.headrace.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/// Goal: every value keeps its type, and no bytes whatsoever make the decoder do more than read them.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FieldTableTest {
    @Test
    void every_type_comes_out_as_it_went_in() {
        FieldTable table = tableOfEveryType();

        assertThat(roundTrip(table)).isEqualTo(table);
        assertThat(List.copyOf(roundTrip(table).fields().keySet()))
                .isEqualTo(List.copyOf(table.fields().keySet()));
    }

    @Test
    void a_big_l_is_read_as_the_small_l_that_is_written() {
        FieldTable table = decode("0000000b 016b 4c 0000000000000007");

        assertThat(table.get("k")).contains(new FieldValue.Int64(7));
        assertThat(encode(table).get(6)).isEqualTo((byte) 'l');
    }

    @Test
    void a_small_s_is_a_16_bit_integer_as_rabbitmq_has_it() {
        assertThat(decode("00000005 016b 73 ffff").get("k")).contains(new FieldValue.Int16((short) -1));
    }

    @Test
    void of_two_fields_with_one_name_the_first_counts() {
        assertThat(decode("00000008 016b 6201 016b 6202").get("k")).contains(new FieldValue.Int8((byte) 1));
    }

    @Test
    void fields_can_be_read_without_the_tables_length() {
        ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex("ff016b6205ff"));

        assertThat(FieldTableDecoder.decodeFields(bytes, 1, 5).get("k")).contains(new FieldValue.Int8((byte) 5));
    }

    @Test
    void a_table_that_claims_more_than_there_is_is_malformed() {
        assertMalformed("7fffffff", "table of 2147483647 bytes where 0 are left");
        assertMalformed("ffffffff 00", "table of 4294967295 bytes where 1 are left");
    }

    @Test
    void a_string_that_claims_more_than_its_table_has_is_malformed() {
        assertMalformed("00000007 016b 53 000fffff 41414141", "field value of 1048575 bytes where 0 are left");
    }

    @Test
    void a_value_that_reaches_beyond_its_table_is_malformed() {
        assertMalformed("00000004 016b 49 00 000000", "field value cut short");
    }

    @Test
    void an_unknown_type_is_malformed() {
        assertMalformed("00000004 016b 7a 00", "unknown field type 0x7a");
    }

    @Test
    void nesting_deeper_than_the_budget_is_malformed() {
        FieldTable table = FieldTable.EMPTY;
        for (int depth = 0; depth < FieldTableDecoder.MAX_DEPTH; depth++) {
            table = new FieldTable(Map.of("t", new FieldValue.Table(table)));
        }
        assertThat(roundTrip(table)).isEqualTo(table);

        FieldTable deeper = new FieldTable(Map.of("t", new FieldValue.Table(table)));

        assertThatThrownBy(() -> roundTrip(deeper)).isInstanceOf(MalformedException.class);
    }

    @Test
    void arrays_nested_beyond_the_budget_are_malformed() {
        FieldValue array = new FieldValue.Array(List.of());
        for (int depth = 0; depth <= FieldTableDecoder.MAX_DEPTH; depth++) {
            array = new FieldValue.Array(List.of(array));
        }
        FieldTable table = new FieldTable(Map.of("a", array));

        assertThatThrownBy(() -> roundTrip(table)).isInstanceOf(MalformedException.class);
    }

    @Test
    void an_array_of_more_values_without_width_than_the_budget_is_malformed() {
        int voids = FieldTableDecoder.MAX_VALUES;
        ByteBuffer bytes = ByteBuffer.allocate(4 + 3 + 4 + voids);
        bytes.putInt(3 + 4 + voids)
                .put((byte) 1)
                .put((byte) 'a')
                .put((byte) 'A')
                .putInt(voids);
        while (bytes.hasRemaining()) {
            bytes.put((byte) 'V');
        }

        assertThatThrownBy(() -> FieldTableDecoder.decode(bytes, 0, bytes.capacity()))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("more than 65536 values");
    }

    @Test
    void what_is_allocated_stays_in_proportion_to_what_was_sent() {
        assertModest("array of voids", array(bytesOf(60_000, () -> new byte[] {'V'})));
        assertModest("array of bytes", array(bytesOf(60_000, () -> new byte[] {'b', 7})));
        assertModest("array of empty texts", array(bytesOf(25_000, () -> new byte[] {'S', 0, 0, 0, 0})));
        assertModest("array of empty tables", array(bytesOf(25_000, () -> new byte[] {'F', 0, 0, 0, 0})));
        assertModest("array of arrays", array(bytesOf(20_000, () -> new byte[] {'A', 0, 0, 0, 1, 'V'})));
        assertModest("array of tables", array(bytesOf(15_000, () -> new byte[] {'F', 0, 0, 0, 3, 1, 'k', 'V'})));
        assertModest("one name", table(bytesOf(40_000, () -> new byte[] {1, 'k', 'V'})));
        int[] next = {0};
        assertModest("many names", table(bytesOf(30_000, () -> {
            int i = next[0]++;
            return new byte[] {3, (byte) (33 + i % 90), (byte) (33 + i / 90 % 90), (byte) (33 + i / 8100), 'V'};
        })));
    }

    private static void assertModest(String what, byte[] bytes) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        FieldTableDecoder.decode(ByteBuffer.wrap(bytes), 0, bytes.length); // classes are loaded
        long before = threads.getCurrentThreadAllocatedBytes();
        FieldTable decoded = FieldTableDecoder.decode(ByteBuffer.wrap(bytes), 0, bytes.length);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(decoded.isEmpty()).isFalse();
        assertThat(allocated).as(what).isLessThan(16L * bytes.length + 65_536);
    }

    private static byte[] bytesOf(int count, Supplier<byte[]> element) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            bytes.writeBytes(element.get());
        }
        return bytes.toByteArray();
    }

    private static byte[] array(byte[] elements) {
        ByteBuffer field = ByteBuffer.allocate(3 + Integer.BYTES + elements.length);
        return table(field.put((byte) 1)
                .put((byte) 'a')
                .put((byte) 'A')
                .putInt(elements.length)
                .put(elements)
                .array());
    }

    private static byte[] table(byte[] fields) {
        return ByteBuffer.allocate(Integer.BYTES + fields.length)
                .putInt(fields.length)
                .put(fields)
                .array();
    }

    @Test
    void a_decoded_table_is_a_map_like_any_other() {
        Map<String, FieldValue> fields = new LinkedHashMap<>();
        for (int i = 0; i < 1_000; i++) {
            fields.put("name " + i, new FieldValue.Int32(i));
        }
        FieldTable decoded = roundTrip(new FieldTable(fields));

        assertThat(decoded).isEqualTo(new FieldTable(fields)).hasSameHashCodeAs(new FieldTable(fields));
        assertThat(decoded.get("name 999")).contains(new FieldValue.Int32(999));
        assertThat(decoded.get("name 1000")).isEmpty();
        assertThat(List.copyOf(decoded.fields().keySet())).isEqualTo(List.copyOf(fields.keySet()));
        assertThatThrownBy(() -> decoded.fields().put("x", new FieldValue.Nothing()))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> decoded.fields().remove("name 1")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void checking_finds_the_same_mistakes_as_decoding_and_nothing_else_is_thrown() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] good = bytes(tableOfEveryType());

        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = round % 2 == 0 ? mutated(good, random) : noise(random);

            assertThat(outcomeOfCheck(bytes))
                    .as(
                            "seed %d, round %d, bytes %s",
                            seed, round, HexFormat.of().formatHex(bytes))
                    .isEqualTo(outcomeOfDecode(bytes));
        }
    }

    @Test
    void integers_mean_the_same_in_any_width() {
        assertThat(new FieldValue.Int8((byte) 10).sameMeaning(new FieldValue.Int64(10)))
                .isTrue();
        assertThat(new FieldValue.UInt32(10).sameMeaning(new FieldValue.Int16((short) 10)))
                .isTrue();
        assertThat(new FieldValue.Int32(10).sameMeaning(new FieldValue.Int32(11)))
                .isFalse();
    }

    @Test
    void an_integer_means_neither_a_text_nor_a_floating_point_number() {
        FieldValue one = new FieldValue.Int32(1);

        assertThat(one.sameMeaning(FieldValue.LongString.of("1"))).isFalse();
        assertThat(one.sameMeaning(new FieldValue.Float64(1))).isFalse();
        assertThat(one.sameMeaning(new FieldValue.Bool(true))).isFalse();
        assertThat(one.sameMeaning(new FieldValue.Timestamp(1))).isFalse();
        assertThat(new FieldValue.Float32(1).sameMeaning(new FieldValue.Float64(1)))
                .isTrue();
    }

    private static String outcomeOfCheck(byte[] bytes) {
        try {
            return "ends at " + FieldTableDecoder.check(ByteBuffer.wrap(bytes), 0, bytes.length);
        } catch (MalformedException e) {
            return e.getMessage();
        }
    }

    private static String outcomeOfDecode(byte[] bytes) {
        try {
            FieldTableDecoder.decode(ByteBuffer.wrap(bytes), 0, bytes.length);
            return "ends at " + (4 + ByteBuffer.wrap(bytes).getInt(0));
        } catch (MalformedException e) {
            return e.getMessage();
        }
    }

    private static byte[] mutated(byte[] good, Random random) {
        byte[] bytes = good.clone();
        for (int i = 0; i <= random.nextInt(3); i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        if (bytes.length > 4) {
            ByteBuffer.wrap(bytes).putInt(0, bytes.length - 4);
        }
        return bytes;
    }

    static FieldTable tableOfEveryType() {
        Map<String, FieldValue> fields = new LinkedHashMap<>();
        fields.put("bool", new FieldValue.Bool(true));
        fields.put("int8", new FieldValue.Int8((byte) -8));
        fields.put("uint8", new FieldValue.UInt8((short) 200));
        fields.put("int16", new FieldValue.Int16((short) -16));
        fields.put("uint16", new FieldValue.UInt16(60_000));
        fields.put("int32", new FieldValue.Int32(-32));
        fields.put("uint32", new FieldValue.UInt32(4_000_000_000L));
        fields.put("int64", new FieldValue.Int64(Long.MIN_VALUE));
        fields.put("float", new FieldValue.Float32(1.5f));
        fields.put("double", new FieldValue.Float64(-2.25));
        fields.put("decimal", new FieldValue.Decimal(2, 12345));
        fields.put("timestamp", new FieldValue.Timestamp(1_700_000_000L));
        fields.put("void", new FieldValue.Nothing());
        fields.put("text", FieldValue.LongString.of("grüße"));
        fields.put("binary", new FieldValue.Binary(new byte[] {0, -1, 2}));
        fields.put("array", new FieldValue.Array(List.of(new FieldValue.Nothing(), FieldValue.LongString.of("a"))));
        fields.put("table", new FieldValue.Table(new FieldTable(Map.of("inner", new FieldValue.Int8((byte) 1)))));
        return new FieldTable(fields);
    }

    private static void assertMalformed(String hex, String reason) {
        assertThatThrownBy(() -> decode(hex))
                .isInstanceOf(MalformedException.class)
                .hasMessage(reason);
    }

    private static FieldTable decode(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return FieldTableDecoder.decode(ByteBuffer.wrap(bytes), 0, bytes.length);
    }

    private static ByteBuffer encode(FieldTable table) {
        return ByteBuffer.wrap(bytes(table));
    }

    private static byte[] bytes(FieldTable table) {
        byte[] bytes = new byte[FieldTableEncoder.sizeBytes(table)];
        assertThat(FieldTableEncoder.encode(table, ByteBuffer.wrap(bytes), 0)).isEqualTo(bytes.length);
        return bytes;
    }

    private static FieldTable roundTrip(FieldTable table) {
        byte[] bytes = bytes(table);
        return FieldTableDecoder.decode(ByteBuffer.wrap(bytes), 0, bytes.length);
    }
}
