/// Topics and their partitions, as Kafka's clients know them, kept in the log.
package io.headrace.stream;
