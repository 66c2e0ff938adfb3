package io.headrace.conformance.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.jms.admin.RMQConnectionFactory;
import io.headrace.conformance.Endpoint;
import io.headrace.conformance.Names;
import io.headrace.conformance.RealBroker;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: RabbitMQ's JMS client sends to queues and receives from them.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class JmsIT {
    private static final long PATIENCE_MILLIS = 20_000;

    private Connection connection;

    @BeforeEach
    void connect(Endpoint broker) throws JMSException {
        var factory = new RMQConnectionFactory();
        factory.setHost(broker.host());
        factory.setPort(broker.port());
        factory.setUsername("guest");
        factory.setPassword("guest");
        connection = factory.createConnection();
        connection.start();
    }

    @AfterEach
    void close() throws JMSException {
        connection.close();
    }

    @Test
    void a_text_and_its_properties_are_received() throws Exception {
        var session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue(Names.fresh("jms"));
        TextMessage sent = session.createTextMessage("order 17");
        sent.setStringProperty("country", "NL");
        sent.setIntProperty("lines", 3);
        sent.setJMSCorrelationID("correlation");

        session.createProducer(queue).send(sent);

        var received = (TextMessage) session.createConsumer(queue).receive(PATIENCE_MILLIS);
        assertThat(received.getText()).isEqualTo("order 17");
        assertThat(received.getStringProperty("country")).isEqualTo("NL");
        assertThat(received.getIntProperty("lines")).isEqualTo(3);
        assertThat(received.getJMSCorrelationID()).isEqualTo("correlation");
        assertThat(received.getJMSRedelivered()).isFalse();
    }

    @Test
    void a_rolled_back_message_comes_again() throws Exception {
        var session = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue(Names.fresh("jms"));
        BytesMessage sent = session.createBytesMessage();
        sent.writeUTF("in a transaction");
        session.createProducer(queue).send(sent);
        session.commit();
        var consumer = session.createConsumer(queue);
        assertThat(consumer.receive(PATIENCE_MILLIS)).isNotNull();

        session.rollback();

        var again = (BytesMessage) consumer.receive(PATIENCE_MILLIS);
        assertThat(again.readUTF()).isEqualTo("in a transaction");
        assertThat(again.getJMSRedelivered()).isTrue();
        session.commit();
    }

    @Test
    void a_listener_hears_in_order() throws Exception {
        var session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Queue queue = session.createQueue(Names.fresh("jms"));
        var heard = new LinkedBlockingQueue<Message>();
        session.createConsumer(queue).setMessageListener(heard::add);
        var other = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        var producer = other.createProducer(queue);

        for (int i = 0; i < 10; i++) {
            producer.send(other.createTextMessage("message " + i));
        }

        for (int i = 0; i < 10; i++) {
            var message = (TextMessage) heard.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(message.getText()).isEqualTo("message " + i);
            message.acknowledge();
        }
    }
}
