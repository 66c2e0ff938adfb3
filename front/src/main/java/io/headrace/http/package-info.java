/// HTTP/1.1 for the fronts that people and tools talk to: requests come in whole, answers go out whole.
///
/// ```text
///  socket ─► (TLS) ─► codec ─► HttpConnection ── whole request ──► a virtual thread ─► HttpService
///                       loop                                                              │
///  socket ◄─────────────────── HttpConnection ◄────────────── HttpResponse ───────────────┘
/// ```
/// A connection has one request at a time; what is pipelined behind it waits in the socket. Everything is bounded:
/// head,
/// body, bodies of all connections together, requests at work, time.
///
/// Start with [HttpListener]. Relies on: `io.headrace.net` for loops and ports, and on Netty's codec for the syntax.
/// Not here: paths, users, JSON (`io.headrace.management`, `io.headrace.metrics`).
package io.headrace.http;
