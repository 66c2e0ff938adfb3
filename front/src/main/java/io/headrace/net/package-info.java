/// Sockets: bytes in, bytes out, and the loops that everything runs on.
///
/// ```text
///  Listener ─ accepts ─► SocketWire ──► Talk ─ first bytes ─► Protocol.recognise: YES, NO, MORE
///                            │           │                            │ YES
///                            │           │ received(ByteBuf) ────► Conversation   (amqp, kafka, ...)
///                            │ ◄─────────────── write, flush, reading(false)
///                        NettyLoop   one thread; turns end with afterTurn tasks
///
///  With more loops than one ([EventLoops]):
///  Listener ─ accepts ─► FarSocket ══ Mailbox, once a turn ══► FarWire ──► Talk ──► Conversation
///                            │       ◄══ Mailbox ═════════════    │
///                        NettyLoop  sockets-1, -2, ...        NettyLoop  loop-1
/// ```
/// [ConnectionBudget] says before that whether the connection may be: how many its address has and makes, and how many
/// there are on which nobody has logged in.
///
/// A socket stays on the loop that accepted it; every conversation is on the engine's. [NettyLoop] is the engine's
/// [io.headrace.shard.Loop] in production. A protocol cannot tell the two wires apart, and `WireTest` runs with both.
///
/// Promises: an idle connection holds no buffer (reads allocate when bytes are there, writes are released
/// when the socket took them); a Throwable from a conversation closes that connection and is logged once,
/// the loop goes on.
///
/// Netty's types are at home here and in the protocols' own rooms, nowhere else. Start with [Listener] and
/// [SocketWire]; then [FarWire].
package io.headrace.net;
