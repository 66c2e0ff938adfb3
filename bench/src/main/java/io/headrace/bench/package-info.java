/// A load client for what PerfTest does not measure, on RabbitMQ's own Java client, against any AMQP 0-9-1
/// broker.
///
/// ```text
///  side-by-side ── amqp://host:port round-trip seconds=9 ... ──► Load ──► one Workload ──► the broker
///               ◄── begin ─────────────────────────────────────── warm: reads the broker's CPU from /proc
///               ◄── end {"per_s":1164.2,"p99_us":5700} ────────── and reads it again
///               ─── end of standard input ────────────────────►  what is held open is let go
/// ```
/// [KafkaLoad] is the same for Kafka's protocol, on Kafka's own client: its cases are the records of [KafkaWorkload].
/// Start with [Workload]: its records are the cases. [Load] reads the command line. [BareChurn] alone has a
/// client of its own, [BareConnection]: with RabbitMQ's the client would be what is measured.
///
/// Relies on: `com.rabbitmq:amqp-client` without recovery, so that a broken connection is seen. Promises:
/// figures are taken between `begin` and `end` alone; whatever was declared is deleted, unless the process
/// is killed. Not here: the cases that PerfTest has, starting brokers, comparing (`bench/side-by-side`).
package io.headrace.bench;
