package io.headrace.kafka;

import io.headrace.stream.share.SharePartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.requests.ShareRequestMetadata;

/// What a member of a share group fetches again and again, so that it need not say it each time, and where it has
/// records that are to come back when it is gone (KIP-932).
///
/// Threads: the loop.
final class ShareSession {
    /// @param partition its index
    record Part(Uuid topic, int partition) {}

    private final String group;
    private final String member;
    private final KafkaConnection connection;
    private final Set<Part> parts;
    private final Set<SharePartition> served = new HashSet<>();
    private int epoch = ShareRequestMetadata.nextEpoch(ShareRequestMetadata.INITIAL_EPOCH); // of the next request
    private boolean open = true;

    ShareSession(String group, String member, KafkaConnection connection, Collection<Part> parts) {
        this.group = group;
        this.member = member;
        this.connection = connection;
        this.parts = new LinkedHashSet<>(parts);
    }

    String group() {
        return group;
    }

    String member() {
        return member;
    }

    KafkaConnection connection() {
        return connection;
    }

    int epoch() {
        return epoch;
    }

    void nextEpoch() {
        epoch = ShareRequestMetadata.nextEpoch(epoch);
    }

    void update(Collection<Part> added, Collection<Part> forgotten) {
        parts.addAll(added);
        forgotten.forEach(parts::remove);
    }

    int size() {
        return parts.size();
    }

    /// Each time another one comes first.
    List<Part> rotated() {
        var rotated = new ArrayList<>(parts);
        if (!rotated.isEmpty()) {
            Collections.rotate(rotated, -(epoch % rotated.size()));
        }
        return rotated;
    }

    boolean isOpen() {
        return open;
    }

    /// The member has records of this partition.
    void served(SharePartition share) {
        served.add(share);
    }

    /// The same member goes on in another session, with the records that it has.
    void continueIn(ShareSession next) {
        open = false;
        next.served.addAll(served);
        served.clear();
    }

    /// What the member has comes back.
    void close() {
        open = false;
        served.forEach(share -> share.release(member));
        served.clear();
    }
}
