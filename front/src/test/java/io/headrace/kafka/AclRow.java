package io.headrace.kafka;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;

/// A right that a request asks for, and what is answered with it and without: a row of the table of [AclRows].
///
/// @param request made for the broker that is asked, where topic `t` and nothing else is
/// @param need what this row is about
/// @param others what the request asks for besides, and has
/// @param before what the client asks first, whatever is answered
/// @param read the errors of an answer
/// @param served the errors of the answer with the right; none if it is good
record AclRow(
        ApiKeys key,
        int version,
        Function<MemoryBroker, ApiMessage> request,
        Need need,
        List<Need> others,
        List<Asked> before,
        Function<AbstractResponse, Set<Errors>> read,
        Set<Errors> served,
        Set<Errors> refused) {
    record Asked(ApiKeys key, int version, Function<MemoryBroker, ApiMessage> request) {}

    /// @param operations on one resource, each of which is asked for
    /// @param any one of them is enough
    record Need(List<AclOperation> operations, ResourceType type, String name, boolean any) {
        private Need(List<AclOperation> operations, ResourceType type, String name) {
            this(operations, type, name, false);
        }

        Need anyOfThem() {
            return new Need(operations, type, name, true);
        }

        boolean met(Predicate<AclOperation> allowed) {
            return any
                    ? operations.stream().anyMatch(allowed)
                    : operations.stream().allMatch(allowed);
        }

        static Need topic(AclOperation... operations) {
            return new Need(List.of(operations), ResourceType.TOPIC, "t");
        }

        static Need group(AclOperation... operations) {
            return new Need(List.of(operations), ResourceType.GROUP, "g");
        }

        static Need transactionalId(AclOperation... operations) {
            return new Need(List.of(operations), ResourceType.TRANSACTIONAL_ID, "id");
        }

        static Need cluster(AclOperation... operations) {
            return new Need(List.of(operations), ResourceType.CLUSTER, Resource.CLUSTER_NAME);
        }

        Need of(String otherName) {
            return new Need(operations, type, otherName, any);
        }

        /// What is said to who may not.
        Errors refusal() {
            return switch (type) {
                case TOPIC -> Errors.TOPIC_AUTHORIZATION_FAILED;
                case GROUP -> Errors.GROUP_AUTHORIZATION_FAILED;
                case TRANSACTIONAL_ID -> Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
                case CLUSTER -> Errors.CLUSTER_AUTHORIZATION_FAILED;
                case UNKNOWN, ANY, DELEGATION_TOKEN, USER -> throw new IllegalArgumentException(type.toString());
            };
        }
    }

    static AclRow row(ApiKeys key, int version, Need need, Function<MemoryBroker, ApiMessage> request) {
        return new AclRow(
                key, version, request, need, List.of(), List.of(), AclRow::errors, Set.of(), Set.of(need.refusal()));
    }

    private static Set<Errors> errors(AbstractResponse response) {
        return withoutNone(response.errorCounts().keySet());
    }

    private static Set<Errors> withoutNone(Set<Errors> counted) {
        var errors = new HashSet<>(counted);
        errors.remove(Errors.NONE);
        return errors;
    }

    /// Asks for this too, and may have it.
    AclRow with(Need other) {
        var more = new ArrayList<>(others);
        more.add(other);
        return new AclRow(key, version, request, need, more, before, read, served, refused);
    }

    /// Asks in the course of something that this request, by the same client, has begun.
    AclRow after(ApiKeys firstKey, int firstVersion, Function<MemoryBroker, ApiMessage> first) {
        return new AclRow(
                key,
                version,
                request,
                need,
                others,
                List.of(new Asked(firstKey, firstVersion, first)),
                read,
                served,
                refused);
    }

    /// Where Kafka's class of the answer does not count the error of all of it.
    AclRow error(Function<AbstractResponse, Short> code) {
        return new AclRow(
                key,
                version,
                request,
                need,
                others,
                before,
                answer -> withoutNone(Set.of(Errors.forCode(code.apply(answer)))),
                served,
                refused);
    }

    /// The answer with the right is no good one either, but says that the right was there.
    AclRow served(Errors... errors) {
        return new AclRow(key, version, request, need, others, before, read, Set.of(errors), refused);
    }

    AclRow refused(Errors... errors) {
        return new AclRow(key, version, request, need, others, before, read, served, Set.of(errors));
    }

    /// Without the right, things are left out of the answer and there is no error: then `seen` is false.
    AclRow leftOut(Function<AbstractResponse, Boolean> seen) {
        return new AclRow(
                key,
                version,
                request,
                need,
                others,
                before,
                response -> seen.apply(response) ? Set.of() : Set.of(need.refusal()),
                served,
                refused);
    }

    @Override
    public String toString() {
        return key + " " + version + " " + need.operations() + " " + need.type();
    }
}
