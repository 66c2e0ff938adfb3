package io.headrace.conformance.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.io.IOException;

/// Direct reply-to.
final class ReplyScript {
    private static final String REPLY_TO = "amq.rabbitmq.reply-to";

    private final Session asking;
    private final Session answering;

    private ReplyScript(Script script) {
        asking = script.session("asking");
        answering = script.session("answering");
    }

    static void run(Script script) {
        var part = new ReplyScript(script);
        part.call();
        part.wrong();
    }

    private static BasicProperties replyTo(String name) {
        return new BasicProperties.Builder().replyTo(name).build();
    }

    private void call() {
        answering.queue("rpc", "");
        asking.publish("", "rpc", "nobody listens", replyTo(REPLY_TO));
        asking.consume(REPLY_TO, "replies", "no-ack");
        asking.publish("", "rpc", "a question", replyTo(REPLY_TO));
        answering.step("the question is answered", answer -> {
            var question = answering.channel().basicGet("rpc", true);
            if (question == null) {
                answer.add("there is none");
                return;
            }
            var address = question.getProps().getReplyTo();
            answer.addAll(asked(address));
            answering.channel().basicPublish("", address, null, "an answer".getBytes());
            answering.channel().basicPublish("", address, null, "another".getBytes());
            answering.channel().queueDeclarePassive(address);
            answer.add("it is there");
        });
        asking.received("replies", 2);
        asking.publish("", "rpc", "a lost question", replyTo(REPLY_TO));
        answering.step("the question of one who has gone is answered", answer -> {
            var question = answering.channel().basicGet("rpc", true);
            if (question == null) {
                answer.add("there is none");
                return;
            }
            asking.close();
            var address = question.getProps().getReplyTo();
            answering.channel().basicPublish("", address, null, "an answer".getBytes());
            answering.channel().queueDeclarePassive("rpc");
            answer.add("taken");
        });
    }

    private java.util.List<String> asked(String address) throws IOException {
        return java.util.List.of(
                "asks for answers to one that begins with " + REPLY_TO + ".: " + address.startsWith(REPLY_TO + "."));
    }

    private void wrong() {
        asking.consume(REPLY_TO, "replies", "");
        asking.consume(REPLY_TO, "replies", "no-ack");
        asking.consume(REPLY_TO, "others", "no-ack");
        asking.queue(REPLY_TO, "");
        asking.count(REPLY_TO);
        asking.count(REPLY_TO + ".none");
        asking.bind(REPLY_TO, "amq.direct", "key");
        asking.deleteQueue(REPLY_TO, "");
        asking.get(REPLY_TO);
        asking.consume(REPLY_TO, "replies", "no-ack");
        asking.cancel("replies");
        asking.publish("", "rpc", "no longer", replyTo(REPLY_TO));
        asking.publish("", "rpc", "elsewhere", replyTo("a queue"));
        answering.publish("", REPLY_TO + ".none", "to none");
        answering.publishMandatory("", REPLY_TO + ".none", "to none");
        answering.deleteQueue("rpc", "");
    }
}
