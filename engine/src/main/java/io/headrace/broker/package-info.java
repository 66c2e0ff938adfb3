/// The engine as a front sees it.
///
/// ```text
///  front ─► Broker.login ─► Broker.open ─► Session ─┬─ perform(Command)      declare, bind, delete, purge
///                                                   ├─ publisher(...)        one per channel
///                                                   ├─ consume / get         messages come through ports
///                                                   └─ close                 exclusive queues go
/// ```
/// All calls are made on the session's loop, and all answers come on it: at once inside the call when
/// nothing has to be waited for, later otherwise. A front that must keep the order of replies stops reading
/// its connection until the answer is there.
///
/// Protocol-neutral: refusals are [io.headrace.catalog.Refusal]s, and the front knows its protocol's words
/// for them.
package io.headrace.broker;
