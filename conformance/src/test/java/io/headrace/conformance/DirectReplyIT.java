package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.RpcClient;
import com.rabbitmq.client.RpcClientParams;
import com.rabbitmq.client.RpcServer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: a request is answered without a queue for the answers.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class DirectReplyIT {
    private static final String REPLY_TO = "amq.rabbitmq.reply-to";
    private static final BasicProperties ASKING = MessageProperties.MINIMAL_PERSISTENT_BASIC
            .builder()
            .replyTo(REPLY_TO)
            .correlationId("7")
            .build();

    @Test
    void a_thousand_questions_of_the_clients_own_rpc_classes_are_answered(Connection connection, Channel asking)
            throws Exception {
        var answering = connection.createChannel();
        var questions = answering.queueDeclare().getQueue();
        var server = new RpcServer(answering, questions) {
            @Override
            public byte[] handleCall(byte[] question, BasicProperties replyProperties) {
                return (new String(question) + "!").getBytes();
            }
        };
        Thread.ofVirtual().start(() -> {
            try {
                server.mainloop();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });

        try (var client = new RpcClient(new RpcClientParams()
                .channel(asking)
                .exchange("")
                .routingKey(questions)
                .timeout(20_000))) {
            for (int i = 0; i < 1_000; i++) {
                assertThat(client.stringCall("q" + i)).isEqualTo("q" + i + "!");
            }
        }
        server.terminateMainloop();
    }

    @Test
    void an_answer_comes_from_the_default_exchange_with_the_address_as_its_key(Connection connection, Channel channel)
            throws Exception {
        var answers = Inbox.autoAck(channel, REPLY_TO);
        var questions = channel.queueDeclare().getQueue();
        channel.basicPublish("", questions, ASKING, "q".getBytes());
        var question = Inbox.autoAck(connection.createChannel(), questions).take();
        var address = question.getProperties().getReplyTo();
        assertThat(address).startsWith(REPLY_TO + ".").hasSizeLessThan(256);
        assertThat(question.getProperties().getCorrelationId()).isEqualTo("7");
        assertThat(question.getProperties().getDeliveryMode()).isEqualTo(2);

        var answering = connection.createChannel();
        answering.confirmSelect();
        answering.basicPublish("", address, true, MessageProperties.TEXT_PLAIN, "a".getBytes());
        answering.waitForConfirmsOrDie(20_000);

        var answer = answers.take();
        assertThat(Inbox.text(answer)).isEqualTo("a");
        assertThat(answer.getEnvelope().getExchange()).isEmpty();
        assertThat(answer.getEnvelope().getRoutingKey()).isEqualTo(address);
        assertThat(answer.getProperties().getContentType()).isEqualTo("text/plain");
    }

    @Test
    void whether_somebody_listens_can_be_asked(Connection connection, Channel channel) throws Exception {
        var address = addressOf(channel, Inbox.autoAck(channel, REPLY_TO));
        var other = connection.createChannel();

        var listening = other.queueDeclarePassive(address);
        assertThat(listening.getMessageCount()).isZero();
        assertThat(listening.getConsumerCount()).isEqualTo(1);
        assertThat(other.queueDeclare(address, false, false, false, Map.of()).getConsumerCount())
                .isEqualTo(1);

        channel.close();
        Closing.of(other, () -> other.queueDeclarePassive(address))
                .assertChannel(404, "NOT_FOUND - no queue '" + address + "' in vhost '/'");
    }

    @Test
    void answers_to_one_who_left_are_dropped(Connection connection, Channel channel) throws Exception {
        var answers = Inbox.autoAck(channel, REPLY_TO);
        var address = addressOf(channel, answers);
        channel.basicCancel(answers.tag());
        var answering = connection.createChannel();
        answering.confirmSelect();

        answering.basicPublish("", address, MessageProperties.MINIMAL_BASIC, "late".getBytes());

        answering.waitForConfirmsOrDie(20_000);
        assertThat(answers.waiting()).isZero();
    }

    @Test
    void one_who_stopped_listening_may_listen_again(Channel channel) throws Exception {
        var first = Inbox.autoAck(channel, REPLY_TO);
        channel.basicCancel(first.tag());

        var second = Inbox.autoAck(channel, REPLY_TO);
        channel.basicPublish("", addressOf(channel, second), MessageProperties.MINIMAL_BASIC, "a".getBytes());

        assertThat(second.takeText()).isEqualTo("a");
    }

    @Test
    void nobody_may_ask_for_answers_before_listening(Channel channel) throws Exception {
        var questions = channel.queueDeclare().getQueue();

        Closing.of(channel, () -> channel.basicPublish("", questions, ASKING, "q".getBytes()))
                .assertChannel(406, "PRECONDITION_FAILED - fast reply consumer does not exist");
    }

    @Test
    void answers_need_no_acknowledgement(Channel channel) throws Exception {
        Closing.of(channel, () -> Inbox.manualAck(channel, REPLY_TO))
                .assertChannel(406, "PRECONDITION_FAILED - reply consumer cannot acknowledge");
    }

    @Test
    void a_channel_listens_once(Channel channel) throws Exception {
        Inbox.autoAck(channel, REPLY_TO);

        Closing.of(channel, () -> Inbox.autoAck(channel, REPLY_TO))
                .assertChannel(406, "PRECONDITION_FAILED - reply consumer already set");
    }

    /// Asks a queue of its own, to learn what stands in `reply-to`. `answers` listens.
    private static String addressOf(Channel channel, Inbox answers) throws Exception {
        assertThat(answers.waiting()).isZero();
        var questions = channel.queueDeclare().getQueue();
        channel.basicPublish("", questions, ASKING, "q".getBytes());
        return channel.basicGet(questions, true).getProps().getReplyTo();
    }
}
