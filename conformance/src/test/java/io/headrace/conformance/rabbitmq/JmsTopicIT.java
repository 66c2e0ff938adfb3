package io.headrace.conformance.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.jms.admin.RMQConnectionFactory;
import io.headrace.conformance.Endpoint;
import io.headrace.conformance.Names;
import io.headrace.conformance.RealBroker;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: RabbitMQ's JMS client publishes to topics and subscribes to them, with selectors, which it leaves to an
/// exchange of type `x-jms-topic`.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class JmsTopicIT {
    private static final long PATIENCE_MILLIS = 20_000;
    private static final String LAST = "last";

    private final RMQConnectionFactory factory = new RMQConnectionFactory();
    private Connection connection;
    private Session session;
    private Topic topic;
    private MessageProducer producer;

    @BeforeEach
    void connect(Endpoint broker) throws JMSException {
        factory.setHost(broker.host());
        factory.setPort(broker.port());
        factory.setUsername("guest");
        factory.setPassword("guest");
        open("client");
        topic = session.createTopic(Names.fresh("jms.topic"));
        producer = session.createProducer(topic);
    }

    private void open(String clientId) throws JMSException {
        connection = factory.createConnection();
        connection.setClientID(clientId);
        connection.start();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @AfterEach
    void close() throws JMSException {
        connection.close();
    }

    private interface Properties {
        void set(Message message) throws JMSException;
    }

    private void send(String text, Properties properties) throws JMSException {
        var message = session.createTextMessage(text);
        properties.set(message);
        producer.send(message);
    }

    /// What a consumer has got, when it has got one that it wants for sure.
    private static List<String> all(MessageConsumer consumer) throws JMSException {
        var texts = new ArrayList<String>();
        while (!texts.contains(LAST)) {
            var next = (TextMessage) consumer.receive(PATIENCE_MILLIS);
            assertThat(next).as("after " + texts).isNotNull();
            texts.add(next.getText());
        }
        texts.remove(LAST);
        return texts;
    }

    @Test
    void every_subscriber_gets_what_is_published() throws Exception {
        var one = session.createConsumer(topic);
        var other = session.createConsumer(topic);

        send("a", message -> {});
        send(LAST, message -> {});

        assertThat(all(one)).containsExactly("a");
        assertThat(all(other)).containsExactly("a");
    }

    @Test
    void a_selector_asks_for_properties() throws Exception {
        var consumer = session.createConsumer(topic, "(price > 3 AND kind IN ('tea', 'rum')) OR last");

        send("cheap tea", message -> {
            message.setIntProperty("price", 2);
            message.setStringProperty("kind", "tea");
        });
        send("dear tea", message -> {
            message.setIntProperty("price", 5);
            message.setStringProperty("kind", "tea");
        });
        send("dear rum", message -> {
            message.setDoubleProperty("price", 3.5);
            message.setStringProperty("kind", "rum");
        });
        send("dear gin", message -> {
            message.setLongProperty("price", 50);
            message.setStringProperty("kind", "gin");
        });
        send("of no price", message -> message.setStringProperty("kind", "tea"));
        send(LAST, message -> message.setBooleanProperty("last", true));

        assertThat(all(consumer)).containsExactly("dear tea", "dear rum");
    }

    @Test
    void a_selector_asks_for_patterns_ranges_and_what_is_not_there() throws Exception {
        var like = session.createConsumer(topic, "name LIKE 'a!%b_' ESCAPE '!' OR name IS NULL");
        var between = session.createConsumer(topic, "n + 1 BETWEEN 2 AND 3 AND NOT (n = 2) OR name IS NULL");

        for (var name : List.of("a%bc", "axbc", "a%b")) {
            send(name, message -> {
                message.setStringProperty("name", name);
                message.setIntProperty("n", name.length() - 3);
            });
        }
        send(LAST, message -> {});

        assertThat(all(like)).containsExactly("a%bc");
        assertThat(all(between)).containsExactly("a%bc", "axbc");
    }

    @Test
    void a_selector_asks_for_the_fields_of_jms() throws Exception {
        var urgent = session.createConsumer(topic, "JMSPriority > 6 OR JMSType = 'last'");
        var kept = session.createConsumer(topic, "JMSDeliveryMode = 'PERSISTENT' OR JMSType = 'last'");
        var correlated = session.createConsumer(topic, "JMSCorrelationID LIKE 'order-%' OR JMSType = 'last'");
        var stamped = session.createConsumer(topic, "JMSTimestamp > 0 AND JMSMessageID LIKE 'ID:%'");

        var message = session.createTextMessage("urgent");
        producer.send(message, DeliveryMode.NON_PERSISTENT, 9, 0);
        message = session.createTextMessage("kept");
        producer.send(message, DeliveryMode.PERSISTENT, 1, 0);
        message = session.createTextMessage("correlated");
        message.setJMSCorrelationID("order-17");
        producer.send(message, DeliveryMode.NON_PERSISTENT, 1, 0);
        message = session.createTextMessage(LAST);
        message.setJMSType("last");
        producer.send(message, DeliveryMode.NON_PERSISTENT, 1, 0);

        assertThat(all(urgent)).containsExactly("urgent");
        assertThat(all(kept)).containsExactly("kept");
        assertThat(all(correlated)).containsExactly("correlated");
        assertThat(all(stamped)).containsExactly("urgent", "kept", "correlated");
    }

    @Test
    void other_topics_are_not_heard_whatever_the_selector() throws Exception {
        var consumer = session.createConsumer(topic, "TRUE");
        var elsewhere = session.createProducer(session.createTopic(Names.fresh("jms.topic")));

        elsewhere.send(session.createTextMessage("elsewhere"));
        send(LAST, message -> {});

        assertThat(all(consumer)).isEmpty();
    }

    @Test
    void a_durable_subscription_collects_what_its_selector_wants_while_nobody_is_there() throws Exception {
        String name = Names.fresh("subscription");
        session.createDurableSubscriber(topic, name, "wanted = TRUE", false);
        connection.close();
        open("client");
        producer = session.createProducer(topic);

        send("unwanted", message -> message.setBooleanProperty("wanted", false));
        send("wanted", message -> message.setBooleanProperty("wanted", true));
        send(LAST, message -> message.setBooleanProperty("wanted", true));

        var again = session.createDurableSubscriber(topic, name, "wanted = TRUE", false);
        assertThat(all(again)).containsExactly("wanted");
        again.close();
        session.unsubscribe(name);
    }

    @Test
    void after_unsubscribing_nothing_is_collected() throws Exception {
        String name = Names.fresh("subscription");
        session.createDurableSubscriber(topic, name, "wanted = TRUE", false).close();
        session.unsubscribe(name);

        send("missed", message -> message.setBooleanProperty("wanted", true));
        var again = session.createDurableSubscriber(topic, name, "wanted = TRUE", false);
        send(LAST, message -> message.setBooleanProperty("wanted", true));

        assertThat(all(again)).isEmpty();
        again.close();
        session.unsubscribe(name);
    }

    @Test
    void a_selector_that_is_none_is_refused_by_the_client() {
        assertThatThrownBy(() -> session.createConsumer(topic, "price >")).isInstanceOf(InvalidSelectorException.class);
    }
}
