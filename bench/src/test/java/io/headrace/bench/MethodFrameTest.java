package io.headrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.ProtocolException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: the bare client says what the specification says, and what a broker says instead of the answer is
/// told with its ids.
/// Method: bytes, no socket; that real brokers understand them is seen by every run of the case.
@DisplayNameGeneration(ReplaceUnderscores.class)
class MethodFrameTest {
    @Test
    void a_frame_has_the_bytes_of_the_specification() {
        var bytes = new Requests()
                .begin(1, Method.CHANNEL_OPEN)
                .shortString("")
                .end()
                .bytes();

        assertThat(bytes).containsExactly(1, 0, 1, 0, 0, 0, 5, 0, 20, 0, 10, 0, 0xce);
    }

    @Test
    void a_table_counts_its_own_bytes() {
        var bytes = new Requests().table("k", "text").bytes();

        assertThat(bytes).containsExactly(0, 0, 0, 11, 1, 'k', 'S', 0, 0, 0, 4, 't', 'e', 'x', 't');
    }

    @Test
    void frames_that_came_together_are_read_one_by_one() throws IOException {
        var in = reading(new Requests()
                .begin(0, Method.CONNECTION_TUNE)
                .shortInt(2047)
                .longInt(131_072)
                .shortInt(60)
                .end()
                .begin(1, Method.CHANNEL_OPEN_OK)
                .longString("")
                .end());

        var tune = MethodFrame.read(in);
        var opened = MethodFrame.read(in);

        assertThat(tune.is(Method.CONNECTION_TUNE, 0)).isTrue();
        assertThat(tune.fields().getShort()).isEqualTo((short) 2047);
        assertThat(tune.fields().getInt()).isEqualTo(131_072);
        assertThat(opened.is(Method.CHANNEL_OPEN_OK, 1)).isTrue();
        assertThat(opened.is(Method.CHANNEL_OPEN_OK, 0)).isFalse();
    }

    @Test
    void a_close_tells_its_ids_and_the_broker_s_reason() throws IOException {
        var in = reading(new Requests()
                .begin(0, Method.CONNECTION_CLOSE)
                .shortInt(530)
                .shortString("NOT_ALLOWED - vhost none not found")
                .shortInt(10)
                .shortInt(40)
                .end());

        assertThat(MethodFrame.read(in))
                .hasToString("method 10.50 on channel 0: 530 NOT_ALLOWED - vhost none not found");
    }

    @Test
    void another_protocol_version_s_header_is_no_frame() {
        var in = reading(new byte[] {'A', 'M', 'Q', 'P', 0, 1, 0, 0});

        assertThatThrownBy(() -> MethodFrame.read(in))
                .isInstanceOf(ProtocolException.class)
                .hasMessageStartingWith("a frame of type 65 ");
    }

    @Test
    void a_frame_without_its_end_is_refused() {
        var bytes = new Requests().begin(0, Method.CONNECTION_CLOSE_OK).end().bytes();
        bytes[bytes.length - 1] = 0;

        assertThatThrownBy(() -> MethodFrame.read(reading(bytes)))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("the frame of method 10.51 on channel 0 ends with 0x00 and not with 0xce");
    }

    private static DataInputStream reading(Requests requests) {
        return reading(requests.bytes());
    }

    private static DataInputStream reading(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }
}
