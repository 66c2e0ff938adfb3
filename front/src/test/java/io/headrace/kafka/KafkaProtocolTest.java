package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.net.Protocol.Recognition;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KafkaProtocolTest {
    private final KafkaProtocol protocol;

    KafkaProtocolTest() throws IOException {
        protocol = new KafkaProtocol(new MemoryBroker(), KafkaConfig.defaults());
    }

    private Recognition recognise(ByteBuf first) {
        return protocol.recognise(first);
    }

    @Test
    void a_size_and_a_key_are_recognised_as_soon_as_they_are_there() {
        var whole = Unpooled.buffer().writeInt(20).writeShort(18);

        assertThat(recognise(whole)).isEqualTo(Recognition.YES);
        assertThat(recognise(whole.slice(0, 5))).isEqualTo(Recognition.MORE);
        assertThat(recognise(whole.slice(0, 2))).isEqualTo(Recognition.MORE);
    }

    @Test
    void other_protocols_are_not_taken_for_it() {
        assertThat(recognise(Unpooled.copiedBuffer("AMQP\0\0\u0009\1".getBytes())))
                .isEqualTo(Recognition.NO);
        assertThat(recognise(Unpooled.copiedBuffer("GET / HTTP/1.1".getBytes())))
                .isEqualTo(Recognition.NO);
        assertThat(recognise(Unpooled.buffer().writeInt(20).writeShort(0x1603))).isEqualTo(Recognition.NO);
    }
}
