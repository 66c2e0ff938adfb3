package io.headrace.broker;

import io.headrace.bridge.ShareConsumer;
import io.headrace.bridge.SharePart;
import io.headrace.bridge.SharePort;
import io.headrace.bridge.StreamQueue;
import io.headrace.catalog.Acl;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Resource;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.StoredMessage;
import io.headrace.security.User;
import io.headrace.stream.group.ShareMember;
import io.headrace.stream.share.SharePartition;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.function.Consumer;

/// A session's consumers that read a stream as members of a share group: what they may ask for, and how they get it.
///
/// Threads: the loop.
final class ShareReading {
    /// Names the group.
    static final String ARGUMENT = "x-share-group";

    // a group remembers where it is, and gives its members all there is
    private static final List<String> OF_OTHERS =
            List.of("x-stream-offset", "x-stream-filter", "x-stream-match-unfiltered");

    private final Engine engine;
    private final StreamQueue stream;
    private final Resource queue;
    private final User user;
    private final String connectionName;

    ShareReading(Engine engine, StreamQueue stream, Resource queue, User user, String connectionName) {
        this.engine = engine;
        this.stream = stream;
        this.queue = queue;
        this.user = user;
        this.connectionName = connectionName;
    }

    static boolean asked(FieldTable arguments) {
        return arguments.get(ARGUMENT).isPresent();
    }

    /// Why the stream cannot be consumed like this.
    Optional<Refusal> refuse(FieldTable arguments, boolean exclusive) {
        var wrong = OF_OTHERS.stream()
                .filter(name -> arguments.get(name).isPresent())
                .findFirst();
        if (wrong.isPresent()) {
            return Optional.of(new Refusal.InvalidArgument(queue, wrong.get(), "{not_with," + ARGUMENT + "}"));
        }
        if (!(arguments.get(ARGUMENT).orElseThrow() instanceof FieldValue.LongString text)
                || text.text().isEmpty()) {
            return Optional.of(new Refusal.InvalidArgument(queue, ARGUMENT, "{the_name_of_a_group_expected}"));
        }
        if (exclusive) {
            return Optional.of(new Refusal.Unsupported(queue, "exclusive consumer of a share group"));
        }
        if (!queue.vhost().equals(Catalog.DEFAULT_VHOST)) {
            return Optional.of(new Refusal.Unsupported(queue, "share group in a vhost without Kafka's groups"));
        }
        var group = group(arguments);
        return engine.authorizer().may(user, queue.vhost(), Acl.Operation.READ, Acl.ResourceType.GROUP, group)
                ? Optional.empty()
                : Optional.of(new Refusal.AccessRefused(
                        Refusal.Access.READ, Resource.queue(group, queue.vhost()), user.name()));
    }

    private static String group(FieldTable arguments) {
        return ((FieldValue.LongString) arguments.get(ARGUMENT).orElseThrow()).text();
    }

    /// @param subscriptions of the session
    /// @param answer as [Session#consume] says; comes when the group took the member
    void start(
            FieldTable arguments,
            Session.ConsumerPort port,
            boolean manualAck,
            List<Session.Subscription> subscriptions,
            TracePoint trace,
            Consumer<Session.Consuming> answer) {
        var topic = engine.catalog()
                .topic(stream.topic().vhost(), stream.topic().name())
                .orElseThrow();
        var member = new ShareMember(
                group(arguments),
                new ShareMember.Place(
                        engine.shard().loop(), engine.coordinators().groups(), topic, this::part),
                new ShareMember.Who(connectionName, address(), user.name()));
        var subscription = new Membership(member, subscriptions);
        subscriptions.add(subscription);
        member.join(
                () -> {
                    if (engine.bridge().byId(stream.id()).isEmpty()) { // deleted meanwhile
                        subscription.gone();
                        answer.accept(new Session.Consuming.Refused(new Refusal.NotFound(queue)));
                        return Optional.empty();
                    }
                    var consumer =
                            stream.share(member.id(), port(port, subscription, trace), port.prefetch(), manualAck);
                    subscription.started(consumer);
                    answer.accept(new Session.Consuming.Started(subscription));
                    return Optional.of(consumer);
                },
                why -> {
                    subscriptions.remove(subscription);
                    answer.accept(new Session.Consuming.Refused(new Refusal.InvalidArgument(queue, ARGUMENT, why)));
                });
    }

    private Optional<SharePartition> part(String group, int index) {
        return engine.catalog().topic(stream.topic().vhost(), stream.topic().name()).stream()
                .flatMap(topic -> topic.partitions().stream().skip(index).limit(1))
                .flatMap(id -> engine.streams().partition(id).stream())
                .flatMap(partition -> engine.coordinators().shares().find(group, partition).stream())
                .findFirst();
    }

    // a connection's name begins with the client's address
    private InetAddress address() {
        int port = connectionName.lastIndexOf(':', Math.max(0, connectionName.indexOf(" -> ")));
        try {
            return InetAddress.ofLiteral(connectionName.substring(0, Math.max(0, port)));
        } catch (IllegalArgumentException _) {
            return InetAddress.getLoopbackAddress(); // somebody within the broker
        }
    }

    /// What the front holds. It is a member until what was delivered to it is settled.
    private static final class Membership implements Session.Subscription {
        private final ShareMember member;
        private final List<Session.Subscription> subscriptions;
        private Optional<ShareConsumer> consumer = Optional.empty();

        Membership(ShareMember member, List<Session.Subscription> subscriptions) {
            this.member = member;
            this.subscriptions = subscriptions;
        }

        void started(ShareConsumer started) {
            consumer = Optional.of(started);
        }

        @Override
        public void resume() {
            consumer.ifPresent(ShareConsumer::resume);
        }

        @Override
        public void cancel() {
            subscriptions.remove(this);
            consumer.ifPresentOrElse(each -> each.cancel(member::leave), member::leave);
        }

        void gone() {
            subscriptions.remove(this);
            member.leave();
        }
    }

    private SharePort port(Session.ConsumerPort port, Membership subscription, TracePoint trace) {
        Map<SharePart, Session.Lease> leases = new WeakHashMap<>();
        return new SharePort() {
            @Override
            public boolean ready() {
                return port.ready();
            }

            @Override
            public void deliver(SharePart part, long offset, StoredMessage message, int attempts) {
                boolean redelivered = attempts > 0;
                if (trace.on()) {
                    trace.delivered(queue.name(), message, redelivered);
                }
                port.deliver(leases.computeIfAbsent(part, ShareReading::lease), offset, message, redelivered, attempts);
            }

            @Override
            public void cancelled() {
                subscription.gone();
                port.cancelled();
            }
        };
    }

    private static Session.Lease lease(SharePart part) {
        return new Session.Lease() {
            @Override
            public void ack(long sequence) {
                part.ack(sequence);
            }

            @Override
            public void requeue(long sequence) {
                part.requeue(sequence);
            }

            @Override
            public void release(long sequence) {
                part.requeue(sequence);
            }

            @Override
            public void discard(long sequence) {
                part.discard(sequence);
            }
        };
    }
}
