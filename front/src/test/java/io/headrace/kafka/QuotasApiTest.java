package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntryData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class QuotasApiTest {
    private static final byte EXACT = 0;
    private static final byte DEFAULT = 1;
    private static final byte ANY = 2;

    private final TestPeer peer = new TestPeer();

    @BeforeEach
    void administrator() {
        peer.broker.tags.add("administrator");
    }

    /// @param entity `user=ann&client-id`
    private static EntryData entry(String entity, String key, Double value) {
        var entry = new EntryData();
        for (String part : entity.split("&")) {
            int equals = part.indexOf('=');
            entry.entity()
                    .add(new EntityData()
                            .setEntityType(equals < 0 ? part : part.substring(0, equals))
                            .setEntityName(equals < 0 ? null : part.substring(equals + 1)));
        }
        entry.ops().add(op(key, value));
        return entry;
    }

    private static OpData op(String key, Double value) {
        return new OpData().setKey(key).setValue(value == null ? 0 : value).setRemove(value == null);
    }

    private AlterClientQuotasResponseData alter(boolean validateOnly, EntryData... entries) {
        return peer.ask(
                ApiKeys.ALTER_CLIENT_QUOTAS,
                1,
                new AlterClientQuotasRequestData()
                        .setEntries(new ArrayList<>(List.of(entries)))
                        .setValidateOnly(validateOnly),
                AlterClientQuotasResponseData.class);
    }

    private void set(String entity, String key, double value) {
        assertThat(alter(false, entry(entity, key, value)).entries())
                .allSatisfy(result -> assertThat(result.errorCode()).isZero());
    }

    private void assertRefused(String message, EntryData entry) {
        var result = alter(false, entry).entries().getFirst();
        assertThat(Errors.forCode(result.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(result.errorMessage()).isEqualTo(message);
    }

    private static ComponentData component(String type, byte match, String name) {
        return new ComponentData().setEntityType(type).setMatchType(match).setMatch(name);
    }

    private DescribeClientQuotasResponseData describe(boolean strict, ComponentData... components) {
        return peer.ask(
                ApiKeys.DESCRIBE_CLIENT_QUOTAS,
                1,
                new DescribeClientQuotasRequestData()
                        .setComponents(List.of(components))
                        .setStrict(strict),
                DescribeClientQuotasResponseData.class);
    }

    /// `client-id=null user=ann: producer_byte_rate=5.0`
    private static List<String> texts(DescribeClientQuotasResponseData answer) {
        return answer.entries().stream()
                .map(entry -> entry.entity().stream()
                                .map(part -> part.entityType() + "=" + part.entityName())
                                .sorted()
                                .collect(Collectors.joining(" "))
                        + ": "
                        + entry.values().stream()
                                .map(value -> value.key() + "=" + value.value())
                                .collect(Collectors.joining(" ")))
                .sorted()
                .toList();
    }

    @Test
    void what_is_set_is_described_and_what_is_removed_is_not() {
        set("user=ann", "producer_byte_rate", 1000);
        set("user=ann", "consumer_byte_rate", 2000);
        set("user=ann&client-id", "request_percentage", 12.5);
        assertThat(texts(describe(false)))
                .containsExactly(
                        "client-id=null user=ann: request_percentage=12.5",
                        "user=ann: consumer_byte_rate=2000.0 producer_byte_rate=1000.0");

        alter(false, entry("user=ann", "producer_byte_rate", null));
        alter(false, entry("user=ann&client-id", "request_percentage", null));

        assertThat(texts(describe(false))).containsExactly("user=ann: consumer_byte_rate=2000.0");
    }

    @Test
    void filters_choose_by_name_default_or_any_and_strictly() {
        for (String entity : List.of("user=ann", "user", "user=ann&client-id=app", "client-id=app", "ip=192.0.2.1")) {
            set(entity, entity.startsWith("ip") ? "connection_creation_rate" : "producer_byte_rate", 5);
        }

        assertThat(texts(describe(false, component("user", EXACT, "ann")))).hasSize(2);
        assertThat(texts(describe(true, component("user", EXACT, "ann"))))
                .containsExactly("user=ann: producer_byte_rate=5.0");
        assertThat(texts(describe(true, component("user", DEFAULT, null))))
                .containsExactly("user=null: producer_byte_rate=5.0");
        assertThat(texts(describe(true, component("user", ANY, null)))).hasSize(2);
        assertThat(texts(describe(false, component("client-id", ANY, null)))).hasSize(2);
        assertThat(texts(describe(true, component("ip", ANY, null)))).hasSize(1);
        assertThat(texts(describe(true, component("user", ANY, null), component("client-id", EXACT, "app"))))
                .containsExactly("client-id=app user=ann: producer_byte_rate=5.0");
    }

    @Test
    void a_filter_that_makes_no_sense_is_refused() {
        assertThat(describe(false, component("user", EXACT, null)).errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(describe(false, component("user", DEFAULT, "x")).errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(describe(false, component("user", ANY, null), component("user", ANY, null))
                        .errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(describe(false, component("ip", ANY, null), component("user", ANY, null))
                        .errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(describe(false, component("moon", ANY, null)).errorCode())
                .isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }

    @Test
    void what_cannot_be_is_refused_in_kafkas_words() {
        assertRefused("Unhandled client quota entity type: moon", entry("moon=x", "producer_byte_rate", 5.0));
        assertRefused("Empty user not supported", entry("user=", "producer_byte_rate", 5.0));
        assertRefused("Invalid configuration key speed", entry("user=ann", "speed", 5.0));
        assertRefused("Invalid configuration key producer_byte_rate", entry("ip=192.0.2.1", "producer_byte_rate", 5.0));
        assertRefused("Quota producer_byte_rate must be greater than 0", entry("user=ann", "producer_byte_rate", 0.0));
        assertRefused(
                "Quota producer_byte_rate must be greater than 0", entry("user=ann", "producer_byte_rate", Double.NaN));
        assertRefused("producer_byte_rate cannot be a fractional value.", entry("user=ann", "producer_byte_rate", 1.5));
        assertRefused(
                "Proposed value for connection_creation_rate is too large for an INT.",
                entry("ip=192.0.2.1", "connection_creation_rate", 1e10));
        assertRefused(
                "Invalid quota entity combination, IP entity should not be combined with User or ClientId",
                entry("ip=192.0.2.1&user=ann", "connection_creation_rate", 5.0));
        assertRefused("nowhere is not a valid IP.", entry("ip=nowhere", "connection_creation_rate", 5.0));
        var twice = entry("user=ann", "producer_byte_rate", 5.0);
        twice.ops().add(op("producer_byte_rate", 6.0));
        assertThat(alter(false, twice).entries().getFirst().errorMessage())
                .startsWith("Duplicate quota key producer_byte_rate");
        assertThat(texts(describe(false))).isEmpty();
    }

    @Test
    void one_entity_fails_and_another_does_not() {
        var results = alter(false, entry("user=ann", "speed", 5.0), entry("user=bob", "producer_byte_rate", 5.0))
                .entries();

        assertThat(results).hasSize(2);
        assertThat(texts(describe(false))).containsExactly("user=bob: producer_byte_rate=5.0");
    }

    @Test
    void what_is_only_validated_is_not_set() {
        assertThat(alter(true, entry("user=ann", "producer_byte_rate", 5.0))
                        .entries()
                        .getFirst()
                        .errorCode())
                .isZero();

        assertThat(texts(describe(false))).isEmpty();
    }

    @Test
    void it_is_for_those_who_may_change_and_see_the_clusters_configuration() {
        peer.broker.tags.clear();

        assertThat(alter(false, entry("user=ann", "producer_byte_rate", 5.0))
                        .entries()
                        .getFirst()
                        .errorCode())
                .isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
        assertThat(describe(false).errorCode())
                .as("who has a permission may see")
                .isZero();

        peer.broker.rights.noPermission("guest");

        assertThat(describe(false).errorCode()).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
    }
}
