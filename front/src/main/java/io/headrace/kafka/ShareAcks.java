package io.headrace.kafka;

import io.headrace.stream.share.Acknowledgement;
import io.headrace.stream.share.SharePartition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.protocol.Errors;

/// The acknowledgements of one request: checked as Kafka checks them, and handed on. Those of one partition are taken
/// all or none.
///
/// Threads: the loop of the connection.
final class ShareAcks {
    /// From here on a member can begin its time anew (KIP-1222).
    private static final int FIRST_VERSION_WITH_RENEWAL = 2;

    private final Exchange exchange;
    private final ShareParts parts;
    private final boolean renewing;
    private final Map<ShareSession.Part, Errors> results = new LinkedHashMap<>();
    private boolean taken;

    /// @param renewing whether the request says that it renews
    ShareAcks(Exchange exchange, ShareParts parts, boolean renewing) {
        this.exchange = exchange;
        this.parts = parts;
        this.renewing = renewing;
    }

    /// How to read a range, of which Kafka has a class for each request.
    record Reader<B>(ToLongFunction<B> first, ToLongFunction<B> last, Types<B> types) {
        interface Types<B> {
            List<Byte> of(B batch);
        }
    }

    <B> void take(String member, ShareSession.Part part, List<B> batches, Reader<B> reader) {
        var acknowledgements = read(batches, reader);
        results.put(part, acknowledgements == null ? Errors.INVALID_REQUEST : take(member, part, acknowledgements));
    }

    private Errors take(String member, ShareSession.Part part, List<Acknowledgement> acknowledgements) {
        var error = parts.error(part);
        if (error != Errors.NONE) {
            return error;
        }
        var share = parts.find(part);
        if (share.isEmpty()) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        return acknowledgements.isEmpty() ? Errors.NONE : take(member, share.get(), acknowledgements);
    }

    private Errors take(String member, SharePartition share, List<Acknowledgement> acknowledgements) {
        var error = share.acknowledge(member, acknowledgements);
        taken |= error == Errors.NONE;
        return error;
    }

    /// Null if they are not sound.
    private <B> List<Acknowledgement> read(List<B> batches, Reader<B> reader) {
        var acknowledgements = new ArrayList<Acknowledgement>();
        int typeMax = Acknowledgement.RENEW - (exchange.version() < FIRST_VERSION_WITH_RENEWAL ? 1 : 0);
        long before = -1;
        for (B batch : batches) {
            long first = reader.first.applyAsLong(batch);
            long last = reader.last.applyAsLong(batch);
            var types = reader.types.of(batch);
            boolean sound = first >= before
                    && first <= last
                    && !types.isEmpty()
                    && (types.size() == 1 || types.size() == last - first + 1)
                    && types.stream()
                            .allMatch(type ->
                                    type >= 0 && type <= typeMax && (renewing || type != Acknowledgement.RENEW));
            if (!sound) {
                return null;
            }
            acknowledgements.add(new Acknowledgement(first, last, types));
            before = last;
        }
        return acknowledgements;
    }

    Map<ShareSession.Part, Errors> results() {
        return results;
    }

    /// Whether there is anything that an answer has to wait for.
    boolean taken() {
        return taken;
    }
}
