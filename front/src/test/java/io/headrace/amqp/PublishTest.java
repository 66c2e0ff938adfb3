package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: content arrives however it is framed, and what is wrong with it is said in RabbitMQ's words.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PublishTest {
    private final TestServer server = new TestServer(TestConfig.small());
    private final TestClient client = opened();

    PublishTest() throws IOException {}

    private TestClient opened() throws IOException {
        var client = new TestClient(server.port());
        client.handshake(4096, "consumer_cancel_notify");
        client.call(1, new ChannelMethod.Open(), ChannelMethod.OpenOk.class);
        client.call(2, new ChannelMethod.Open(), ChannelMethod.OpenOk.class);
        client.call(1, EndToEndTest.queue("q"), QueueMethod.DeclareOk.class);
        return client;
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4087, 4088, 4089, 8176, 8177, 10_000})
    void a_body_of_any_size_comes_back_in_frames_of_the_negotiated_size(int size) throws IOException {
        var body = new byte[size];
        new Random(size).nextBytes(body);
        client.put(1, new BasicMethod.Publish("", "q", false, false));
        client.putFrame(Frame.HEADER, 1, TestClient.contentHeader(size, new byte[] {0x10, 0, 2}));
        for (int at = 0; at < size; at += 999) {
            client.putFrame(Frame.BODY, 1, Arrays.copyOfRange(body, at, Math.min(size, at + 999)));
        }
        client.flush();

        var message = client.callForMessage(1, new BasicMethod.Get("q", true), BasicMethod.GetOk.class);

        assertThat(message.body()).isEqualTo(body);
        assertThat(message.properties()).isEqualTo(new byte[] {0x10, 0, 2});
        assertThat(message.bodyFrames()).isEqualTo((size + 4087) / 4088);
    }

    @Test
    void contents_of_two_channels_may_be_mixed_and_cut_anywhere() throws IOException {
        client.put(1, new BasicMethod.Publish("", "q", false, false));
        client.put(2, new BasicMethod.Publish("", "q", false, false));
        client.putFrame(Frame.HEADER, 2, TestClient.contentHeader(4, new byte[] {0x10, 0, 1}));
        client.putFrame(Frame.HEADER, 1, TestClient.contentHeader(4, new byte[] {0x10, 0, 2}));
        client.putFrame(Frame.BODY, 1, "on".getBytes());
        client.putFrame(Frame.BODY, 2, "two!".getBytes());
        client.putFrame(Frame.BODY, 1, new byte[0]);
        client.putFrame(Frame.BODY, 1, "e!".getBytes());
        client.flush();

        var first = client.callForMessage(1, new BasicMethod.Get("q", true), BasicMethod.GetOk.class);
        var second = client.callForMessage(1, new BasicMethod.Get("q", true), BasicMethod.GetOk.class);

        assertThat(first.text()).isEqualTo("two!");
        assertThat(first.properties()).isEqualTo(new byte[] {0x10, 0, 1});
        assertThat(second.text()).isEqualTo("one!");
        assertThat(second.properties()).isEqualTo(new byte[] {0x10, 0, 2});
    }

    @Test
    void an_unroutable_mandatory_message_comes_back_before_its_ack() throws IOException {
        client.call(1, new ConfirmMethod.Select(false), ConfirmMethod.SelectOk.class);
        var body = new byte[9000];
        Arrays.fill(body, (byte) 7);
        client.put(1, new BasicMethod.Publish("", "nowhere", true, false));
        client.putFrame(Frame.HEADER, 1, TestClient.contentHeader(9000, new byte[] {0x10, 0, 2}));
        client.putFrame(Frame.BODY, 1, Arrays.copyOf(body, 4000));
        client.putFrame(Frame.BODY, 1, Arrays.copyOfRange(body, 4000, 8000));
        client.putFrame(Frame.BODY, 1, Arrays.copyOfRange(body, 8000, 9000));
        client.flush();

        var returned = client.message(BasicMethod.Return.class);

        assertThat(returned.method()).isEqualTo(new BasicMethod.Return(312, "NO_ROUTE", "", "nowhere"));
        assertThat(returned.properties()).isEqualTo(new byte[] {0x10, 0, 2});
        assertThat(returned.body()).isEqualTo(body);
        assertThat(client.expect(BasicMethod.Ack.class)).isEqualTo(new BasicMethod.Ack(1, false));
    }

    @Test
    void confirms_of_one_turn_are_one_ack() throws IOException {
        client.call(1, new ConfirmMethod.Select(false), ConfirmMethod.SelectOk.class);
        server.broker.holdConfirms = true;
        publish(10);
        client.call(2, new TxMethod.Select(), TxMethod.SelectOk.class);

        server.onLoop(() -> server.broker.heldConfirms.forEach(Runnable::run));

        assertThat(client.expect(BasicMethod.Ack.class)).isEqualTo(new BasicMethod.Ack(10, true));
    }

    @Test
    void confirms_ahead_of_a_gap_come_singly_and_are_covered_later() throws IOException {
        client.call(1, new ConfirmMethod.Select(false), ConfirmMethod.SelectOk.class);
        server.broker.holdConfirms = true;
        publish(300);
        client.call(2, new TxMethod.Select(), TxMethod.SelectOk.class);

        server.onLoop(() -> {
            server.broker.heldConfirms.get(0).run();
            server.broker.heldConfirms.get(2).run();
            server.broker.heldConfirms.get(299).run();
        });
        assertThat(client.expect(BasicMethod.Ack.class)).isEqualTo(new BasicMethod.Ack(1, false));
        assertThat(client.expect(BasicMethod.Ack.class)).isEqualTo(new BasicMethod.Ack(3, false));
        assertThat(client.expect(BasicMethod.Ack.class)).isEqualTo(new BasicMethod.Ack(300, false));
        server.onLoop(() -> server.broker.heldConfirms.get(1).run());
        assertThat(client.expect(BasicMethod.Ack.class)).isEqualTo(new BasicMethod.Ack(3, true));
        server.onLoop(() -> {
            for (int i = 3; i < 299; i++) {
                server.broker.heldConfirms.get(i).run();
            }
        });
        assertThat(client.expect(BasicMethod.Ack.class)).isEqualTo(new BasicMethod.Ack(300, true));
    }

    private void publish(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            client.putPublish(1, "", "q", false, TestClient.NO_PROPERTIES, new byte[] {1});
        }
        client.flush();
    }

    @Test
    void a_missing_exchange_is_404() throws IOException {
        client.publish(1, "nowhere", "", "x");

        assertThat(client.expect(ChannelMethod.Close.class))
                .isEqualTo(new ChannelMethod.Close(404, "NOT_FOUND - no exchange 'nowhere' in vhost '/'", 60, 40));
    }

    @Test
    void immediate_is_540() throws IOException {
        client.send(1, new BasicMethod.Publish("", "q", false, true));

        assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                .isEqualTo("NOT_IMPLEMENTED - immediate=true");
    }

    @Test
    void a_message_over_the_limit_is_406_and_its_body_is_ignored() throws IOException {
        client.put(1, new BasicMethod.Publish("", "q", false, false));
        client.putFrame(Frame.HEADER, 1, TestClient.contentHeader(10_001, TestClient.NO_PROPERTIES));
        client.putFrame(Frame.BODY, 1, new byte[4000]);
        client.flush();

        assertThat(client.expect(ChannelMethod.Close.class).replyText())
                .isEqualTo("PRECONDITION_FAILED - message size 10001 is larger than configured max size 10000");
        client.putFrame(Frame.BODY, 1, new byte[4000]);
        client.put(1, new ChannelMethod.CloseOk());
        client.put(1, new ChannelMethod.Open());
        client.flush();
        client.expect(ChannelMethod.OpenOk.class);
    }

    @Test
    void an_absurd_size_is_501() throws IOException {
        client.put(1, new BasicMethod.Publish("", "q", false, false));
        client.putFrame(Frame.HEADER, 1, TestClient.contentHeader(536_870_913, TestClient.NO_PROPERTIES));
        client.flush();

        assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                .isEqualTo("FRAME_ERROR - content body size 536870913 exceeds maximum allowed size 536870912");
    }

    @Test
    void too_much_under_way_on_all_channels_is_506() throws IOException {
        for (int channel = 1; channel <= 2; channel++) {
            client.put(channel, new BasicMethod.Publish("", "q", false, false));
            client.putFrame(Frame.HEADER, channel, TestClient.contentHeader(10_000, TestClient.NO_PROPERTIES));
            client.putFrame(Frame.BODY, channel, new byte[4000]);
            client.putFrame(Frame.BODY, channel, new byte[4000]);
        }
        client.flush();

        assertThat(client.expect(ConnectionMethod.Close.class).replyCode()).isEqualTo(506);
    }

    @Test
    void more_body_than_announced_is_501() throws IOException {
        client.put(1, new BasicMethod.Publish("", "q", false, false));
        client.putFrame(Frame.HEADER, 1, TestClient.contentHeader(2, TestClient.NO_PROPERTIES));
        client.putFrame(Frame.BODY, 1, new byte[3]);
        client.flush();

        assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                .isEqualTo("FRAME_ERROR - content body frame exceeds remaining content size");
    }

    @Test
    void a_method_where_a_header_belongs_is_505() throws IOException {
        client.put(1, new BasicMethod.Publish("", "q", false, false));
        client.put(1, new TxMethod.Select());
        client.flush();

        assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                .isEqualTo(
                        "UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead");
    }

    @Test
    void a_body_without_a_publish_is_505() throws IOException {
        client.putFrame(Frame.BODY, 1, new byte[3]);
        client.flush();

        assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                .isEqualTo("UNEXPECTED_FRAME - expected method frame, got non method frame instead");
    }

    @Test
    void a_header_of_another_class_is_505() throws IOException {
        var header = TestClient.contentHeader(0, TestClient.NO_PROPERTIES);
        header[1] = 50;
        client.put(1, new BasicMethod.Publish("", "q", false, false));
        client.putFrame(Frame.HEADER, 1, header);
        client.flush();

        assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                .isEqualTo("UNEXPECTED_FRAME - expected content header for class 60, got one for class 50 instead");
    }

    @Test
    void an_expiration_must_be_a_number() throws IOException {
        client.putPublish(1, "", "q", false, shortString(0x0100, "soon"), new byte[0]);
        client.flush();

        assertThat(client.expect(ChannelMethod.Close.class).replyText())
                .startsWith("PRECONDITION_FAILED - invalid expiration 'soon': ");
    }

    @Test
    void a_user_id_must_be_ones_own() throws IOException {
        client.putPublish(1, "", "q", false, shortString(0x0010, "guest"), new byte[0]);
        client.putPublish(1, "", "q", false, shortString(0x0010, "admin"), new byte[0]);
        client.flush();

        assertThat(client.expect(ChannelMethod.Close.class).replyText())
                .isEqualTo("PRECONDITION_FAILED - user_id property set to 'admin' but authenticated user was 'guest'");
    }

    @Test
    void properties_that_are_cut_short_are_502() throws IOException {
        client.putPublish(1, "", "q", false, new byte[] {(byte) 0x80, 0, 9, 'x'}, new byte[0]);
        client.flush();

        assertThat(client.expect(ConnectionMethod.Close.class).replyCode()).isEqualTo(502);
    }

    private static byte[] shortString(int flag, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(3 + bytes.length)
                .putShort((short) flag)
                .put((byte) bytes.length)
                .put(bytes)
                .array();
    }
}
