package io.headrace.conformance.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headrace.conformance.Endpoint;
import io.headrace.conformance.Names;
import io.headrace.conformance.RealBroker;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.rabbit.config.RetryInterceptorBuilder;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.adapter.MessageListenerAdapter;
import org.springframework.amqp.rabbit.retry.RejectAndDontRequeueRecoverer;

/// Goal: an application on Spring AMQP works: its admin declares, its template publishes with confirms and asks with
/// direct reply-to, its container retries a listener and leaves what is hopeless to the dead letter queue.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class SpringIT {
    private final CopyOnWriteArrayList<String> heard = new CopyOnWriteArrayList<>();
    private final String queue = Names.fresh("spring");
    private final String dead = queue + ".dead";
    private CachingConnectionFactory connections;
    private RabbitAdmin admin;
    private RabbitTemplate template;
    private SimpleMessageListenerContainer container;

    @BeforeEach
    void connect(Endpoint broker) {
        connections = new CachingConnectionFactory(broker.host(), broker.port());
        connections.setPublisherConfirmType(CachingConnectionFactory.ConfirmType.CORRELATED);
        connections.setPublisherReturns(true);
        admin = new RabbitAdmin(connections);
        template = new RabbitTemplate(connections);
        template.setMandatory(true);
        container = new SimpleMessageListenerContainer(connections);
    }

    @AfterEach
    void close() {
        container.stop();
        admin.deleteQueue(queue);
        admin.deleteQueue(dead);
        connections.destroy();
    }

    @Test
    void a_listener_that_fails_is_tried_three_times_and_then_its_message_is_dead() throws Exception {
        declare();
        container.setQueueNames(queue);
        container.setPrefetchCount(5);
        container.setAdviceChain(RetryInterceptorBuilder.stateless()
                .maxRetries(2)
                .backOffOptions(10, 2.0, 100)
                .recoverer(new RejectAndDontRequeueRecoverer())
                .build());
        container.setMessageListener((MessageListener) message -> {
            var text = new String(message.getBody());
            heard.add(text);
            if (text.equals("poison")) {
                throw new IllegalStateException("cannot be worked on");
            }
        });
        container.start();

        for (String text : List.of("good", "poison", "better")) {
            assertThat(confirmed(text)).isTrue();
        }

        var letter = template.receive(dead, 20_000);
        assertThat(letter).isNotNull();
        assertThat(new String(letter.getBody())).isEqualTo("poison");
        var death = letter.getMessageProperties().getXDeathHeader().getFirst();
        assertThat(death.get("queue")).isEqualTo(queue);
        assertThat(death.get("reason")).isEqualTo("rejected");
        assertThat(death.get("count")).isEqualTo(1L);
        await().until(() -> heard.size() == 5);
        assertThat(heard)
                .containsOnlyOnce("good", "better")
                .filteredOn("poison"::equals)
                .hasSize(3);
        assertThat(admin.getQueueInfo(queue).getMessageCount()).isZero();
    }

    private void declare() {
        var letters = new DirectExchange(queue + ".dlx");
        admin.declareExchange(letters);
        admin.declareQueue(QueueBuilder.durable(dead).build());
        Binding binding = BindingBuilder.bind(QueueBuilder.durable(dead).build())
                .to(letters)
                .with("failed");
        admin.declareBinding(binding);
        admin.declareQueue(QueueBuilder.durable(queue)
                .deadLetterExchange(letters.getName())
                .deadLetterRoutingKey("failed")
                .build());
    }

    private boolean confirmed(String text) throws Exception {
        var correlation = new CorrelationData(text);
        template.convertAndSend("", queue, text, correlation);
        return correlation.getFuture().get().ack();
    }

    @Test
    void a_question_is_answered_by_direct_reply_to() {
        admin.declareQueue(QueueBuilder.durable(queue).build());
        container.setQueueNames(queue);
        container.setMessageListener(new MessageListenerAdapter(new Shouting()));
        container.start();

        assertThat(template.convertSendAndReceive("", queue, "hello")).isEqualTo("HELLO");
        assertThat(template.convertSendAndReceive("", queue, "again")).isEqualTo("AGAIN");
    }

    /// Called by name.
    public static final class Shouting {
        public String handleMessage(String text) {
            return text.toUpperCase(java.util.Locale.ROOT);
        }
    }

    @Test
    void what_has_no_queue_comes_back() throws Exception {
        var correlation = new CorrelationData("nowhere");

        template.convertAndSend("", queue + ".none", "nowhere", correlation);

        assertThat(correlation.getFuture().get().ack()).isTrue();
        assertThat(correlation.getReturned().getReplyText()).isEqualTo("NO_ROUTE");
    }
}
