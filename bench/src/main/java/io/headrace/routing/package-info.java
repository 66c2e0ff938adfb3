/// Benchmarks of the room `io.headrace.routing`, in its package because only the catalog changes a router.
///
/// Start with [RoutingBenchmark]. Run with `./bench/micro routing`.
package io.headrace.routing;
