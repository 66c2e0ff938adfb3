/// AMQP 0-9-1 as RabbitMQ's clients speak it.
///
/// ```text
///  Wire ─► FrameDecoder ─► AmqpConnection ─► AmqpChannel ─┬─ PublishPath ──► Session.Publisher
///                             │                           ├─ Settlements ──► Session.Lease      (ack, nack, reject)
///                             │ Handshake                 └─ *Methods ─────► Session.perform    (declare, bind, ...)
///                             ▼
///  Wire ◄─ Output ◄─ ContentWriter ◄─ AmqpConsumer ◄─ the engine delivers
///            ▲ ◄──── ConfirmWriter ◄───────────────── the engine confirms
///            └ flushed once a turn
/// ```
/// A frame (AMQP 0-9-1 §4.2.3), all integers big-endian:
///
/// ```text
///  +------+---------+--------+==========+------+        type 1 method   class u16, method u16, fields
///  | u8   | u16     | u32    | payload  | 0xCE |             2 header   class u16, weight u16, body size u64,
///  | type | channel | length |          |      |                        property flags and list
///  +------+---------+--------+==========+------+             3 body     bytes; 8 heartbeat   nothing
/// ```
/// Methods are data: `src/main/amqp/methods.txt` describes them, and the build makes `QueueMethod`,
/// `BasicMethod` and so on from it, and for the ones that come once a message a layout without objects
/// (`BasicPublishLayout`).
///
/// Relies on: [io.headrace.broker] for what queues and exchanges mean. Promises: replies keep the order of
/// their requests, because a request that has to wait stops the input ([InputGate]); a return precedes its
/// confirm; nothing is allocated from a length that a peer only declared; one connection's trouble stays
/// its own.
///
/// Reply codes and texts are RabbitMQ's, in [RefusalTexts] where the engine refuses. Start with
/// [AmqpConnection].
package io.headrace.amqp;
