package io.headrace.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.ExchangeType;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: exchanges that choose one destination choose it evenly, stay with it where they promise to, and move few keys
/// when bindings change.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ChoosingTest {
    private static final int KEYS = 20_000;
    private static final MessageTraits NOTHING = () -> FieldTable.EMPTY;

    @Test
    void weights_share_the_keys_out() {
        var table = consistentHash(FieldTable.EMPTY);
        bind(table, 1, "1");
        bind(table, 2, "1");
        bind(table, 3, "2");

        var counts = counts(table);

        assertThat(counts[1]).isCloseTo(KEYS / 4, within(KEYS / 50));
        assertThat(counts[2]).isCloseTo(KEYS / 4, within(KEYS / 50));
        assertThat(counts[3]).isCloseTo(KEYS / 2, within(KEYS / 50));
    }

    @Test
    void a_destination_that_comes_takes_keys_for_itself_only_and_gives_them_back_when_it_goes() {
        var table = consistentHash(FieldTable.EMPTY);
        for (int id = 1; id <= 4; id++) {
            bind(table, id, "10");
        }
        var before = choices(table);

        bind(table, 5, "10");
        var with = choices(table);
        int moved = 0;
        for (int i = 0; i < KEYS; i++) {
            if (with[i] != before[i]) {
                assertThat(with[i]).isEqualTo(5);
                moved++;
            }
        }
        assertThat(moved).isCloseTo(KEYS / 5, within(KEYS / 50));

        table.remove(binding("5", "10"), new Target.Queue(5));
        assertThat(choices(table)).isEqualTo(before);
    }

    @Test
    void a_second_binding_to_a_destination_counts_only_when_the_first_is_gone() {
        var table = consistentHash(FieldTable.EMPTY);
        bind(table, 1, "1");
        bind(table, 2, "1");
        bind(table, 2, "1000");
        assertThat(counts(table)[1]).isCloseTo(KEYS / 2, within(KEYS / 50));

        table.remove(binding("2", "1"), new Target.Queue(2));
        assertThat(counts(table)[1]).isLessThan(KEYS / 100);
    }

    /// These choices are on disk in the sense that users' queues were filled by them.
    @Test
    void choices_are_the_same_in_every_version() {
        var table = consistentHash(FieldTable.EMPTY);
        for (int id = 1; id <= 4; id++) {
            bind(table, id, "1");
        }
        var modulus = OneOfTable.modulus();
        for (int id = 1; id <= 4; id++) {
            bind(modulus, id, "");
        }

        assertThat(List.of("", "a", "b", "order.17", "\u00fc").stream()
                        .map(key -> choice(table, key, NOTHING) + "/" + choice(modulus, key, NOTHING)))
                .containsExactly("2/4", "4/1", "1/2", "4/1", "1/2");
    }

    @Test
    void a_header_is_hashed_by_what_it_means_in_place_of_the_key() {
        var table = consistentHash(new FieldTable(Map.of("hash-header", FieldValue.LongString.of("h"))));
        for (int id = 1; id <= 50; id++) {
            bind(table, id, "1");
        }

        assertThat(table.perMessage()).isTrue();
        assertThat(choice(table, "a", header(new FieldValue.Int8((byte) 7))))
                .isEqualTo(choice(table, "b", header(new FieldValue.Int64(7))));
        assertThat(choice(table, "a", header(FieldValue.LongString.of("x"))))
                .isNotEqualTo(choice(table, "a", header(FieldValue.LongString.of("y"))));
        assertThat(choice(table, "a", NOTHING)).isEqualTo(choice(table, "b", NOTHING));
    }

    @Test
    void a_property_is_hashed_in_place_of_the_key() {
        var table = consistentHash(new FieldTable(Map.of("hash-property", FieldValue.LongString.of("message_id"))));
        for (int id = 1; id <= 50; id++) {
            bind(table, id, "1");
        }

        assertThat(choice(table, "a", messageId("m1"))).isEqualTo(choice(table, "b", messageId("m1")));
        assertThat(choice(table, "a", messageId("m1"))).isNotEqualTo(choice(table, "a", messageId("m3")));
    }

    @Test
    void a_random_choice_is_even_whatever_the_keys_and_one_for_all_keys_of_a_message() {
        var table = OneOfTable.random();
        for (int id = 1; id <= 4; id++) {
            bind(table, id, "k" + id);
        }

        int[] counts = new int[5];
        for (int i = 0; i < KEYS; i++) {
            var found = new Found("x");
            table.match(List.of("a", "b"), NOTHING, found);
            assertThat(found.queueIds()).hasSize(1);
            counts[found.queueIds()[0]]++;
        }

        assertThat(table.perMessage()).isTrue();
        for (int id = 1; id <= 4; id++) {
            assertThat(counts[id]).isCloseTo(KEYS / 4, within(KEYS / 50));
        }
    }

    @Test
    void without_bindings_nothing_is_chosen() {
        var found = new Found("x");
        OneOfTable.random().match(List.of("a"), NOTHING, found);
        OneOfTable.modulus().match(List.of("a"), NOTHING, found);
        consistentHash(FieldTable.EMPTY).match(List.of("a"), NOTHING, found);

        assertThat(found.hits()).isZero();
    }

    private static Table consistentHash(FieldTable arguments) {
        return Table.of(new ExchangeDefinition("v", "x", ExchangeType.CONSISTENT_HASH, true, false, false, arguments));
    }

    private static void bind(Table table, int id, String key) {
        table.add(binding(String.valueOf(id), key), new Target.Queue(id));
    }

    private static BindingKey binding(String queue, String key) {
        return new BindingKey("x", false, queue, key, FieldTable.EMPTY);
    }

    private static int choice(Table table, String key, MessageTraits message) {
        var found = new Found("x");
        table.match(List.of(key), message, found);
        return found.queueIds()[0];
    }

    private static int[] choices(Table table) {
        int[] choices = new int[KEYS];
        for (int i = 0; i < KEYS; i++) {
            choices[i] = choice(table, "key." + i, NOTHING);
        }
        return choices;
    }

    private static int[] counts(Table table) {
        int[] counts = new int[6];
        for (int choice : choices(table)) {
            counts[choice]++;
        }
        return counts;
    }

    private static MessageTraits header(FieldValue value) {
        return () -> new FieldTable(Map.of("h", value));
    }

    private static MessageTraits messageId(String id) {
        return new MessageTraits() {
            @Override
            public FieldTable headers() {
                return FieldTable.EMPTY;
            }

            @Override
            public Optional<String> property(String name) {
                return name.equals("message_id") ? Optional.of(id) : Optional.empty();
            }
        };
    }
}
