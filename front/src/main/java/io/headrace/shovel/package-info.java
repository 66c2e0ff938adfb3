/// Shovels: messages carried from a queue to an exchange, each end here or on another broker that speaks AMQP
/// 0-9-1.
///
/// ```text
///  parameter of component `shovel` ─► ShovelRules: may it be so? ─► catalog ─► DynamicShovels ─► Shovel
///
///  Source: LocalSource  ─┐                                                  ┌─► Destination: LocalDestination
///          RemoteSource ─┴── Inbox: deliveries, confirms, troubles ─► Transfer ──┴►          RemoteDestination
///                ▲                                                            │
///                └──────────────── ack, requeue ◄─────────────────────────────┘
/// ```
/// A shovel has one virtual thread, which connects, carries, waits after a failure and connects again.
/// Everything that happens on loops or on the client library's threads comes to it as an event of its [Inbox].
/// An end that is this broker is a [io.headrace.broker.Session] without a socket, the other one a connection of
/// RabbitMQ's Java client, whose types do not leave this room.
///
/// Start with [DynamicShovels] and [Transfer].
///
/// Relies on: `io.headrace.broker`. Promises: with `on-confirm`, a message is settled at its source after the
/// destination has confirmed it, so a crash of either side loses nothing and may deliver twice; what waits
/// inside a shovel is bounded. Not here: the HTTP API, which sees [io.headrace.broker.Shovels].
///
/// Spec: RabbitMQ's shovel plugin, dynamic shovels; what is silent there, as 3.10.8 does.
package io.headrace.shovel;
