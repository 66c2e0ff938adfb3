/// Benchmarks of the room `io.headrace.queue`, in its package because an index is nobody else's business.
///
/// Start with [QueueIndexBenchmark]. Run with `./bench/micro queue`.
package io.headrace.queue;
