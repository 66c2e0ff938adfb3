/// Metrics for Prometheus, under RabbitMQ's names, so that its public dashboards work; our own begin with `headrace_`.
///
/// ```text
///  GET /metrics             sums, without a label for each object
///  GET /metrics/per-object  a series for each queue, connection, channel, exchange
///  GET /metrics/detailed    the families that are asked for: ?family=queue_coarse_metrics&vhost=%2F
///
///  HttpRequest ─► MetricsApi ─► Scrape (reports, taken on the loop in pieces) ─► Families ─► Exposition ─► text
/// ```
/// Start with [MetricsApi], then [Families]: which metric belongs to which family. Counters never fall when an object
/// goes, because what is gone has left its counts with `io.headrace.broker.Observation`.
///
/// Relies on: `io.headrace.http`, `io.headrace.broker`. Spec: Prometheus' text format 0.0.4.
package io.headrace.metrics;
