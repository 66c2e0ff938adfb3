package io.headrace.broker;

import io.headrace.catalog.Acl;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.TopicDefinition;
import io.headrace.security.User;
import io.headrace.stream.Partition;
import io.headrace.stream.StreamConfig;
import io.headrace.stream.group.Groups;
import io.headrace.stream.share.Shares;
import io.headrace.stream.txn.Transactions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.Consumer;

/// One connection's door to the topics of a vhost.
///
/// Nothing here checks what the user may do; all trust that [#may] was asked.
///
/// Threads: the loop it was opened for; answers come on it.
public interface TopicSession {
    User user();

    String vhost();

    /// `listener` hears once if the session is to end, because its user or vhost is deleted, and why. It closes the
    /// session then.
    void onEnd(Consumer<String> listener);

    /// It is not counted as a connection of its user any more, and is not to be asked again.
    void close();

    /// Whether the user may do this to the topic, group or other resource of that name. Remembered for the session, so
    /// that it can be asked with every request.
    boolean may(Acl.Operation operation, Acl.ResourceType type, String name);

    /// Whether the user may do this to some resource of that type.
    boolean mayAny(Acl.Operation operation, Acl.ResourceType type);

    /// Kafka's access control lists, in no order.
    List<Acl> acls();

    /// Adds those that are not there yet. Answers when they last, or with why none was added.
    void addAcls(List<Acl> acls, Consumer<Optional<Refusal>> answer);

    /// `done` runs when they are gone for good.
    void removeAcls(List<Acl> acls, Runnable done);

    /// Sorted by name.
    List<TopicDefinition> topics();

    Optional<TopicDefinition> topic(String name);

    /// Of this vhost only.
    Optional<TopicDefinition> topic(UUID id);

    /// Empty if there is no partition of that index.
    Optional<Partition> partition(TopicDefinition topic, int index);

    /// Creates a topic; the name and settings are valid. Answers when it lasts.
    void create(String name, int partitions, Map<String, String> settings, Consumer<TopicAnswer> answer);

    void delete(String name, Consumer<TopicAnswer> answer);

    /// @param added how many partitions more
    void grow(String name, int added, Consumer<TopicAnswer> answer);

    /// @param settings all of them, valid: what is not named has its default again
    void set(String name, Map<String, String> settings, Consumer<TopicAnswer> answer);

    sealed interface TopicAnswer {
        /// @param topic as it is now, or was when it went
        record Done(TopicDefinition topic) implements TopicAnswer {}

        record Refused(Refusal refusal) implements TopicAnswer {}
    }

    /// Settings that belong to no topic, such as the broker's own; empty if nothing was put. Which names there are is
    /// for the front to say.
    SortedMap<String, String> settings(String name);

    /// The names that begin with `prefix` under which there are settings; sorted.
    List<String> settingsNames(String prefix);

    void putSettings(String name, Map<String, String> settings, Runnable done);

    /// The device that the topics are on, as of a few seconds ago.
    DiskSpace disk();

    /// @param usableBytes what we may still write
    record DiskSpace(long totalBytes, long usableBytes) {}

    /// How far the catalog's log has come.
    CatalogLog catalogLog();

    /// @param epoch in which this node leads it
    /// @param end how many entries there ever were
    record CatalogLog(int epoch, long end) {}

    /// The id that tells this cluster from others, for ever.
    UUID clusterId();

    /// An id that no producer had before.
    void newProducerId(Consumer<Long> answer);

    /// Runs `done` when everything that was appended or deleted so far is committed.
    void whenCommitted(Runnable done);

    /// The consumer groups of the vhost. What a user may do is the front's to ask, by [#may].
    Groups groups();

    /// What share groups do with partitions. Permissions are the front's to ask.
    Shares shares();

    /// The transactions of the vhost. Permissions are the front's to ask, as for groups; what it answers must have
    /// [#whenCommitted] between.
    Transactions transactions();

    /// How partitions are looked after.
    StreamConfig streamConfig();

    /// True while nothing should be appended, nor more read from a peer that does: the log is behind, or the broker is
    /// short of memory or disk. What would be appended waits for [#onRelief].
    boolean underPressure();

    /// Runs `task` once, later: when it may go on, or when this session is closed. It has to ask again then, for many
    /// may have waited.
    void onRelief(Runnable task);
}
