package io.headrace.catalog;

import static io.headrace.catalog.TestCatalog.VHOST;
import static io.headrace.catalog.TestCatalog.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/// Goal: topics come, grow, change and go as they were asked to, and no partition's number is given twice.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TopicsTest {
    private static final UUID ID = new UUID(1, 2);

    private final TestCatalog test = new TestCatalog();
    private final Catalog catalog = test.catalog;

    @Test
    void a_topic_is_found_by_name_and_by_id() {
        test.carryOut(catalog.decideCreateTopic(VHOST, "orders", ID, 2, Map.of("retention.ms", "5")));

        var topic = catalog.topic(VHOST, "orders").orElseThrow();
        assertThat(topic.partitions()).containsExactly(1, 2);
        assertThat(topic.settings()).containsExactly(Map.entry("retention.ms", "5"));
        assertThat(catalog.topic(ID)).contains(topic);
        assertThat(catalog.topics(VHOST)).containsExactly(topic);
    }

    @Test
    void a_name_that_is_taken_is_refused_and_so_is_one_that_is_not_there() {
        test.carryOut(catalog.decideCreateTopic(VHOST, "orders", ID, 1, Map.of()));

        var resource = Resource.topic("orders", VHOST);
        assertThat(refusal(catalog.decideCreateTopic(VHOST, "orders", new UUID(3, 4), 1, Map.of())))
                .isEqualTo(new Refusal.Exists(resource));
        assertThat(refusal(catalog.decideDeleteTopic(VHOST, "bills")))
                .isEqualTo(new Refusal.NotFound(Resource.topic("bills", VHOST)));
        assertThat(refusal(catalog.decideGrowTopic(VHOST, "bills", 1))).isInstanceOf(Refusal.NotFound.class);
        assertThat(refusal(catalog.decideSetTopic(VHOST, "bills", Map.of()))).isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void partitions_of_a_deleted_topic_leave_their_numbers_unused() {
        test.carryOut(catalog.decideCreateTopic(VHOST, "a", ID, 2, Map.of()));
        test.carryOut(catalog.decideDeleteTopic(VHOST, "a"));
        var copy = new Catalog();
        copy.restore(catalog.snapshot());

        test.carryOut(catalog.decideCreateTopic(VHOST, "a", new UUID(3, 4), 1, Map.of()));

        assertThat(catalog.topic(VHOST, "a").orElseThrow().partitions()).containsExactly(3);
        assertThat(((Decision.Change<TopicDefinition>) copy.decideCreateTopic(VHOST, "a", ID, 1, Map.of()))
                        .outcome()
                        .partitions())
                .containsExactly(3);
    }

    @Test
    void listeners_hear_what_became_of_a_topic() {
        var heard = new ArrayList<String>();
        catalog.addListener(new CatalogListener() {
            @Override
            public void topicCreated(TopicDefinition topic) {
                heard.add("created " + topic.partitions());
            }

            @Override
            public void topicGrown(TopicDefinition topic, int added) {
                heard.add("grown by " + added + " " + topic.partitions());
            }

            @Override
            public void topicSet(TopicDefinition topic) {
                heard.add("set " + topic.settings());
            }

            @Override
            public void topicDeleted(TopicDefinition topic) {
                heard.add("deleted " + topic.name());
            }

            @Override
            public void settingsPut(String name, SortedMap<String, String> settings) {
                heard.add(name + " " + settings);
            }
        });

        test.carryOut(catalog.decideCreateTopic(VHOST, "a", ID, 1, Map.of()));
        test.carryOut(catalog.decideGrowTopic(VHOST, "a", 2));
        test.carryOut(catalog.decideSetTopic(VHOST, "a", Map.of("k", "v")));
        test.carryOut(catalog.decidePutSettings("broker", Map.of("x", "y")));
        test.carryOut(catalog.operators().decideRemoveVhost(VHOST));

        assertThat(heard)
                .isEqualTo(List.of("created [1]", "grown by 2 [1, 2, 3]", "set {k=v}", "broker {x=y}", "deleted a"));
        assertThat(catalog.topic(ID)).isEmpty();
    }

    @Test
    void settings_that_are_as_wanted_change_nothing() {
        test.carryOut(catalog.decideCreateTopic(VHOST, "a", ID, 1, Map.of("k", "v")));

        assertThat(catalog.decideSetTopic(VHOST, "a", Map.of("k", "v"))).isInstanceOf(Decision.NoChange.class);
        assertThat(catalog.decidePutSettings("nothing", Map.of())).isInstanceOf(Decision.NoChange.class);
    }
}
