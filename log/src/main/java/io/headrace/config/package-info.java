/// How a component says what can be set, and gets what was set.
///
/// ```text
///  headrace.conf ─► ConfigText ─┐
///                               ├─► Settings ─► LogConfig.read(settings), AmqpConfig.read(settings), ...
///  --amqp-port 0 ───────────────┘       │             each call names a key, its default, bounds, and one sentence
///                                       ├─► problems()   every mistake at once, unknown keys included
///                                       └─► declared()   docs/configuration.md and --help
/// ```
///
/// A key is declared by reading it: there is no second list that could differ. The record of settings
/// itself belongs to the component, in the component's room; this room knows no key. Files are opened
/// elsewhere, too.
///
/// Start with [Settings].
package io.headrace.config;
