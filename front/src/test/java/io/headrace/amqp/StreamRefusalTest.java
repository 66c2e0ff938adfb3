package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Refusal;
import io.headrace.catalog.Resource;
import io.headrace.message.FieldTable;
import java.io.IOException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Goal: what streams are not made for is refused in RabbitMQ's codes and words, and the engine gets to know what it
/// needs to say so.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StreamRefusalTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                GET|540|NOT_IMPLEMENTED - basic.get not supported by stream queues queue 'Q' in vhost 'V'
                PURGE|540|NOT_IMPLEMENTED - queue.purge not supported by stream queues queue 'Q' in vhost 'V'
                CONSUME_WITHOUT_PREFETCH|406|PRECONDITION_FAILED - consumer prefetch count is not set for stream queue 'Q' in vhost 'V'
                CONSUME_WITHOUT_ACK|540|NOT_IMPLEMENTED - automatic acknowledgement not supported by stream queue 'Q' in vhost 'V'
                CONSUME_WITH_SHARED_PREFETCH|540|NOT_IMPLEMENTED - queue 'Q' in vhost 'V' does not support global qos
                """, quoteCharacter = '"')
    void a_use_that_streams_are_not_made_for_is_refused_in_rabbitmqs_words(Refusal.Use use, int code, String text) {
        var refused = RefusalTexts.of(new Refusal.NotForStreams(Resource.queue("Q", "V"), use));

        assertThat(refused.code().code()).isEqualTo(code);
        assertThat(refused.replyText()).isEqualTo(text);
    }

    @Test
    void an_offset_that_is_none_is_406() {
        var refused = RefusalTexts.of(new Refusal.InvalidArgument(
                Resource.queue("Q", "V"), "x-stream-offset", "{invalid_stream_offset_arg,{longstr,<<\"3\">>}}"));

        assertThat(refused.replyText())
                .isEqualTo("PRECONDITION_FAILED - invalid arg 'x-stream-offset' for queue 'Q' in vhost 'V':"
                        + " {invalid_stream_offset_arg,{longstr,<<\"3\">>}}");
    }

    @Test
    void the_engine_hears_of_a_consumers_prefetch_and_of_the_channels() throws IOException {
        try (var server = new TestServer();
                var client = TestClient.ready(server.port())) {
            client.call(
                    1,
                    new QueueMethod.Declare("q", false, false, false, false, false, FieldTable.EMPTY),
                    QueueMethod.DeclareOk.class);
            client.call(1, EndToEndTest.consume("q", "none", false), BasicMethod.ConsumeOk.class);
            client.call(1, new BasicMethod.Qos(0, 7, false), BasicMethod.QosOk.class);
            client.call(1, EndToEndTest.consume("q", "seven", false), BasicMethod.ConsumeOk.class);

            int none = server.onLoop(() -> server.broker.consumer(0).prefetch());
            int seven = server.onLoop(() -> server.broker.consumer(1).prefetch());
            boolean alone = server.onLoop(() -> !server.broker.consumer(1).sharesPrefetch());
            client.call(1, new BasicMethod.Qos(0, 9, true), BasicMethod.QosOk.class);
            boolean shared = server.onLoop(() -> server.broker.consumer(1).sharesPrefetch());

            assertThat(none).isZero();
            assertThat(seven).isEqualTo(7);
            assertThat(alone).isTrue();
            assertThat(shared).isTrue();
        }
    }
}
