/// The command line: `headrace start`, `status`, `stop`, `train`.
///
/// ```text
///  ./headrace ─► Main ─┬─ Arguments ─► HeadraceConfig
///                      ├─ start   a broker in the foreground, until SIGTERM or Ctrl-C
///                      ├─ status  what runs on a data directory
///                      ├─ stop    ends it, and waits until it has ended
///                      └─ train   a short life, for the JVM's ahead-of-time cache
/// ```
///
/// Exit codes: 0 done, 1 failed, 2 the command line or the configuration is wrong, 3 no broker runs there.
///
/// Options are the configuration's keys (see `io.headrace.config`), so there is nothing here to keep in
/// step with them.
package io.headrace.cli;
