/// The house: what is built on what, and how it is set up.
///
/// ```text
///  headrace.conf, options ─► HeadraceConfig ─► Headrace ─┬─ log:    one durable log in the data directory
///                                                        ├─ engine: catalog, queues, one shard per loop
///                                                        └─ fronts: listeners ─► ports that clients know
/// ```
///
/// [Headrace] is the wiring, read top to bottom, and the way to run a broker inside another program.
/// [HeadraceConfig] is everything that can be set. [Running] is how a broker that runs is found by its data
/// directory.
package io.headrace.server;
