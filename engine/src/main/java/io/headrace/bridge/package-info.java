/// What knows both worlds: topics as the queues of AMQP, and records as its messages.
///
/// ```text
///  publish ─► Bridge.publish ─┬─► Queues.enqueue ──────────────────────────┐
///                             └─► TurnBatches ─► Partition.appendInternal ─┴─► one entry of the log
///                                             before the entry is closed
///
///  Partition.read ─► RecordReader ─► RecordMessage ─► StreamConsumer ─► StreamPort (a front's consumer)
///        ▲                                                 ▲
///        └── Partition.watch: more is committed ───────────┘
///
///  SharePartition.fetch ─► SharePart ─► ShareConsumer ─► SharePort (a front's consumer, a member of a share group)
///        ▲                     │
///        └──── acknowledge ◄───┘ ack, requeue, discard
///
///  Partition.append (a Kafka producer's) ─► TopicFeed ─► Router ─► Queues.enqueue, in the append's entry
/// ```
/// Start with [Bridge]. A [StreamQueue] is a queue of type `stream`: a topic's partitions under the queue's name. It
/// holds nothing itself, and what a consumer settles only makes room for the next delivery. A [ShareConsumer] is
/// another
/// kind: what it settles is done with, for all members of its group.
///
/// Relies on: `io.headrace.stream` for partitions, `io.headrace.queue` for queues, `io.headrace.routing` for where an
/// exchange leads, `io.headrace.shard` for room in one entry.
///
/// Promises: a message that goes to queues and streams is after a crash in all of them or in none
/// (`StreamSimulationTest`); a message that AMQP wrote comes back byte for byte; consumers see committed records
/// only, but for members of a share group whose settings give them others.
///
/// Not here: who may do it and what it is called on the wire (`io.headrace.broker` and the fronts), which streams there
/// are (`io.headrace.catalog`).
///
/// ## A message as a record
/// ```text
///  key      the routing key           value    the body           time    when it was published
///  headers  amqp.exchange             the exchange it was published to
///           amqp.properties           flags and list of its properties, raw (AMQP 0-9-1 §4.2.6.1)
///           amqp.content-type ...     each property it has, as text
///           <name>                    each header it has that is text, number, bool or bytes; all but bytes as text
/// ```
/// The first two make the message again; the others are for who reads with Kafka's clients.
package io.headrace.bridge;
