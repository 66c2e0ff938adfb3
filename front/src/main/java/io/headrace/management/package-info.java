/// RabbitMQ's management HTTP API (prefix `/api`), for people's scripts and for tools that know nothing of us.
///
/// ```text
///  HttpRequest ─► ManagementApi ─► Routes: path and method ─► Rule: may this caller? ─► handler of a *Api class
///                                                                                            │
///        JSON ◄─ Listing (columns, sort, page) ◄─ Render ◄─ reports, taken on the loop ◄─────┤  reading
///        204  ◄─ Answer ◄─ Session or Admin, on the loop ◄───────────────────────────────────┘  changing
/// ```
/// Start with [ManagementApi], then [Routes]: each route names its [Rule], and there is no way to make one without. A
/// handler runs on a virtual thread; what the engine owns is asked on its loop with [OnLoop], in pieces, and rendered
/// off
/// it. Queues, exchanges and messages are changed through a session of the caller, so that permissions and texts are
/// those of the protocol.
///
/// Statistics are as of the request. Rates come from [Sampler], which looks every five seconds and forgets after a
/// while.
///
/// Relies on: `io.headrace.http`, `io.headrace.broker`. Promises: no field that strict clients need is ever absent, and
/// none is `null`. Not here: metrics for Prometheus (`io.headrace.metrics`).
///
/// Spec: RabbitMQ 4.2's HTTP API reference; where it is silent, what 3.10.8 does.
package io.headrace.management;
