/// Benchmarks of the room `io.headrace.log`.
///
/// Start with [WalAppendBenchmark]. Run with `./bench/micro log`.
package io.headrace.log;
