/// Kafka's protocol as its clients of version 4 and before speak it.
///
/// ```text
///  Wire ─► RequestFrames ─► KafkaConnection ─► Exchange ─► Api (ProduceApi, FetchApi, ...) ─► TopicSession, Partition
///                                 │ Admission, Sasl                                               │
///  Wire ◄─ Output ◄─ ResponseWriter ◄─ answers in order ◄─ Exchange.answer ◄──────────────────────┘
///            └ flushed once a turn
/// ```
/// A request, all integers big-endian:
///
/// ```text
///  +------+---------+---------+----------------+----------------+- - - - -+======+
///  | i32  | i16     | i16     | i32            | i16 and bytes  | tags    | body |    answer: i32 size, i32
///  | size | api key | version | correlation id | client id      | (new)   |      |    correlation id, (tags), body
///  +------+---------+---------+----------------+----------------+- - - - -+======+
/// ```
/// Messages are Kafka's own generated classes. They read from the socket's buffer in place ([RequestBody]) and are
/// written in place ([ResponseWriter]); records are never copied on the way in, and once on the way out.
///
/// One [ApiFamily] for requests that belong together says which it serves in which versions; what clients are told
/// (ApiVersions) is made from that.
///
/// Relies on: [io.headrace.broker.TopicSession] for what topics are and what is allowed. Promises: answers keep the
/// order of their requests, and what is acknowledged is forced to disk; nothing is allocated from a length that a peer
/// only declared; one connection's trouble stays its own.
///
/// Start with [KafkaConnection].
package io.headrace.kafka;
