package io.headrace.conformance.kafka;

import java.io.IOException;
import java.util.Locale;

/// The families of requests, each with a part of the script, in the order in which they are run. The answers to each
/// are kept in a file of its name.
enum Family {
    CONNECTION(ConnectionScript::run),
    FRAMES(FrameScript::run),
    TOPICS(TopicScript::run),
    TOPIC_ERRORS(TopicErrorScript::run),
    METADATA(MetadataScript::run),
    CONFIGS(ConfigScript::run),
    CONFIG_ERRORS(ConfigErrorScript::run),
    PRODUCE(ProduceScript::run),
    PRODUCE_ERRORS(ProduceErrorScript::run),
    IDEMPOTENCE(IdempotenceScript::run),
    FETCH(FetchScript::run),
    FETCH_SESSIONS(FetchSessionScript::run),
    OFFSETS(OffsetScript::run),
    OFFSET_ERRORS(OffsetErrorScript::run),
    GROUPS(GroupScript::run),
    GROUP_ERRORS(GroupErrorScript::run),
    COMMITS(CommitScript::run),
    MEMBERS(MemberScript::run),
    TRANSACTIONS(TransactionScript::run),
    TRANSACTION_ERRORS(TransactionErrorScript::run),
    TRANSACTION_ENDS(TransactionEndScript::run),
    SHARES(ShareScript::run),
    QUOTAS(QuotaScript::run),
    CREDENTIALS(CredentialScript::run),
    OPERATORS(OperatorScript::run),
    ACLS(AclScript::run);

    @FunctionalInterface
    interface Part {
        void run(Script script) throws IOException;
    }

    private final Part part;

    Family(Part part) {
        this.part = part;
    }

    Part part() {
        return part;
    }

    String fileName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-') + ".txt";
    }
}
