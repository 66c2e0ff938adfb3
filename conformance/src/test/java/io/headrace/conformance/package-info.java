/// What users rely on, shown by the clients they use, unchanged.
///
/// ```text
///  *IT ─► RealBroker (JUnit) ─► BrokerProcess ─► ./headrace start --data TMP --amqp-port 0     a child process
///   │                                                    ▲
///   └─► amqp-client │ pika │ amqp-tools │ amqplib ───────┘     over a socket
/// ```
///
/// Kafka's clients have a room of their own, `io.headrace.conformance.kafka`, which uses the processes of this one.
///
/// The expectations were checked against a real RabbitMQ: with `-Dheadrace.broker=HOST:PORT` the tests that
/// need nothing but a client run against whatever listens there. Where RabbitMQ 3.x differs from 4.x, which
/// Headrace follows, a test asks for 4.x and is skipped elsewhere.
///
/// `./mvnw -pl conformance -am verify -Dit.test=ErrorsIT` runs one of them.
package io.headrace.conformance;
