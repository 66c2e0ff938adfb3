package io.headrace.amqp;

import io.headrace.broker.ExchangePublishes;
import io.headrace.broker.RefusedException;
import io.headrace.broker.Session;
import java.nio.ByteBuffer;
import java.util.List;

/// From `basic.publish` to the engine: the method, the header, the body, and then the message is handed
/// over.
///
/// Threads: the loop of its connection.
final class PublishPath {
    private static final long BODY_BYTES_CEILING = 536_870_912;
    private static final int NAMES_BYTES_FIRST = 64;
    private static final int NAMES_BYTES_MAX = 2 * 255;

    private enum Expected {
        METHOD,
        HEADER,
        BODY
    }

    private final AmqpChannel channel;
    private final AmqpConnection connection;
    private final Session.Publisher publisher;
    private final ConfirmWriter confirms;
    private final PropertyChecks checks;
    private final Assembly content;
    private final ChannelCounts counts;
    private final BasicPublishLayout method = new BasicPublishLayout();
    private byte[] names = new byte[NAMES_BYTES_FIRST]; // exchange, then routing key
    private int exchangeBytes;
    private int keyBytes;
    private boolean mandatory;
    private Expected expected = Expected.METHOD;
    private boolean confirmMode;
    private long sequence; // of the last publish in confirm mode

    PublishPath(AmqpChannel channel, AmqpConnection connection) {
        this.channel = channel;
        this.connection = connection;
        this.confirms = new ConfirmWriter(channel);
        this.publisher = connection.session().publisher(confirms, channel.number());
        this.checks = new PropertyChecks(connection.session().user());
        this.content = new Assembly(connection.wire(), connection.pieces());
        this.counts = channel.counts();
    }

    Session.Publisher publisher() {
        return publisher;
    }

    void confirmMode() {
        confirmMode = true;
    }

    boolean confirming() {
        return confirmMode;
    }

    /// How many publishes have their answer.
    long confirmed() {
        return confirms.settled();
    }

    /// How many wait for theirs.
    long unconfirmed() {
        return sequence - confirms.settled();
    }

    /// Between messages; only then may a method come.
    boolean idle() {
        return expected == Expected.METHOD;
    }

    static AmqpException methodExpected() {
        return ReplyCode.UNEXPECTED_FRAME
                .because("expected method frame, got non method frame instead")
                .ofNoMethod();
    }

    AmqpException contentExpected() {
        return ReplyCode.UNEXPECTED_FRAME.because(
                expected == Expected.HEADER
                        ? "expected content header for class 60, got non content header frame instead"
                        : "expected content body, got non content body frame instead");
    }

    void method(ByteBuffer bytes, int at, int end) throws AmqpException {
        if (!method.wrap(bytes, at, end)) {
            throw MethodReader.undecodable(bytes, at, end);
        }
        if (method.immediate) {
            throw ReplyCode.NOT_IMPLEMENTED.because("immediate=true");
        }
        exchangeBytes = method.exchangeBytes;
        keyBytes = method.routingKeyBytes;
        mandatory = method.mandatory;
        if (names.length < exchangeBytes + keyBytes) {
            names = new byte[NAMES_BYTES_MAX];
        }
        bytes.get(method.exchangeAt, names, 0, exchangeBytes);
        bytes.get(method.routingKeyAt, names, exchangeBytes, keyBytes);
        expected = Expected.HEADER;
    }

    /// @return false if the frame has to be offered again later
    boolean header(ByteBuffer bytes, int at, int length) throws AmqpException {
        if (expected == Expected.METHOD) {
            throw methodExpected();
        }
        if (expected == Expected.BODY) {
            throw contentExpected();
        }
        int classId = bytes.getShort(at) & 0xffff;
        if (classId != Frame.BASIC_CLASS) {
            throw ReplyCode.UNEXPECTED_FRAME.because(
                    "expected content header for class 60, got one for class " + classId + " instead");
        }
        long bodyBytes = bytes.getLong(at + Integer.BYTES);
        checkSize(bodyBytes);
        int propertiesAt = at + Frame.CONTENT_PREFIX_BYTES;
        int propertiesBytes = length - Frame.CONTENT_PREFIX_BYTES;
        checks.check(bytes, propertiesAt, propertiesBytes);
        if (channel.tx() != null && !channel.tx().admits((int) bodyBytes)) {
            return false;
        }
        content.header(bytes, propertiesAt, propertiesBytes, (int) bodyBytes);
        expected = Expected.BODY;
        if (bodyBytes == 0) {
            publish();
        }
        return true;
    }

    private void checkSize(long bodyBytes) throws AmqpException {
        if (bodyBytes < 0 || bodyBytes > BODY_BYTES_CEILING) {
            throw ReplyCode.FRAME_ERROR.because("content body size %s exceeds maximum allowed size %d"
                    .formatted(Long.toUnsignedString(bodyBytes), BODY_BYTES_CEILING));
        }
        int most = connection.config().maxMessageBytes();
        if (bodyBytes > most) {
            throw ReplyCode.PRECONDITION_FAILED.because(RefusalTexts.tooLarge(bodyBytes, most));
        }
    }

    /// @return false if the frame has to be offered again later
    boolean body(ByteBuffer bytes, int at, int length) throws AmqpException {
        switch (expected) {
            case METHOD -> throw methodExpected();
            case HEADER -> throw contentExpected();
            case BODY -> {}
        }
        if (length > content.missingBytes()) {
            throw ReplyCode.FRAME_ERROR.because("content body frame exceeds remaining content size");
        }
        if (!content.admits(length)) {
            return false;
        }
        int before = content.collectedBytes();
        content.body(bytes, at, length);
        connection.channels().assembling(content.collectedBytes() - before);
        if (content.complete()) {
            publish();
        }
        return true;
    }

    private void publish() throws AmqpException {
        expected = Expected.METHOD;
        try {
            if (channel.tx() != null) {
                check();
                channel.tx().publish(names, exchangeBytes, keyBytes, mandatory, content);
            } else {
                publish(names, exchangeBytes, keyBytes, mandatory, content, confirmMode ? ++sequence : 0);
            }
        } finally {
            connection.channels().assembled(content.collectedBytes());
            content.clear();
        }
    }

    // what cannot be published is refused now, not at the commit
    private void check() throws AmqpException {
        try {
            publisher.check(names, exchangeBytes, keyBytes, content);
        } catch (RefusedException refused) {
            throw RefusalTexts.of(refused.refusal());
        }
    }

    /// Hands one message to the engine, and back to the publisher if it is mandatory and nobody takes it.
    ///
    /// @throws AmqpException the engine refuses it
    void publish(
            byte[] names, int exchangeBytes, int keyBytes, boolean mandatory, Session.Content content, long sequence)
            throws AmqpException {
        try {
            int queues = publisher.publish(names, exchangeBytes, keyBytes, content, sequence);
            counts.published++;
            if (sequence > 0) {
                counts.publishedForConfirm++;
            }
            if (queues == 0 && !mandatory) {
                counts.dropped++;
            } else if (queues == 0) {
                counts.returned++;
                connection.content().noRoute(channel.number(), shortStrings(names, exchangeBytes, keyBytes), content);
            }
        } catch (RefusedException refused) {
            throw RefusalTexts.of(refused.refusal());
        }
    }

    List<ExchangePublishes> publishes() {
        return publisher.publishes();
    }

    private static ByteBuffer shortStrings(byte[] names, int exchangeBytes, int keyBytes) {
        return ByteBuffer.allocate(2 + exchangeBytes + keyBytes)
                .put((byte) exchangeBytes)
                .put(names, 0, exchangeBytes)
                .put((byte) keyBytes)
                .put(names, exchangeBytes, keyBytes);
    }

    /// The bytes of the last read go away.
    void endOfBytes() {
        if (expected == Expected.BODY) {
            content.keepHeader();
        }
    }

    /// A message that is half there will not be completed.
    void close() {
        connection.channels().assembled(content.collectedBytes());
        content.clear();
        expected = Expected.METHOD;
    }
}
