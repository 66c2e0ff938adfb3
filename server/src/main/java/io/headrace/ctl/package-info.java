/// `rabbitmqctl` and its siblings: RabbitMQ's words, columns and exit codes, over the management API.
///
/// ```text
///  bin/rabbitmqctl ─► Ctl ─► Tool: which commands ─► Command ◄─ Words: options anywhere, arguments
///                                                       │
///                     Brokers: who runs? its key ─► Api ◄┤ asks and changes over HTTP
///                                                       │
///                                  Terminal, Format ◄───┘ banner, header, rows, errors
/// ```
/// Start with [Ctl], then [Command]: a command is a name, what it takes, and a function of a [Call]. Those that list
/// are
/// data: a path, default columns, and how a [Column] is found in the API's JSON ([Listing]). Families are in the files
/// whose names end in Commands.
///
/// What is printed is read by scripts, so banners, tabs, columns and exit codes are RabbitMQ's to the letter
/// (`RabbitmqctlIT` compares); texts of usage are ours.
///
/// Relies on: `io.headrace.server` for where a broker runs and its key; `io.headrace.management` is at the other end of
/// the line. Not here: `headrace start`, `status` and `stop` (`io.headrace.cli`).
///
/// Spec: RabbitMQ 4.2's tools; where nothing says what they print, what those of 3.10.8 do.
package io.headrace.ctl;
