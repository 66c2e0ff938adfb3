package io.headrace.kafka;

import java.util.List;

/// Requests that belong together, one small file for each family.
///
/// Threads: any; each request on the loop of its connection.
interface ApiFamily {
    List<Served> served();
}
