/// What users of Kafka rely on, shown by the clients and tools they use, unchanged.
///
/// ```text
///  *IT ─► RealKafka (JUnit) ─► SharedBroker ─► ./headrace start --kafka-port 0        a child process
///   │                                               ▲
///   ├─► kafka-clients │ kcat │ confluent-kafka ─────┤
///   ├─► kafka-python │ kafkajs │ Kafka's tools ─────┘     over a socket
///   └─► Script ─► Wire: requests one by one, the answers compared with recorded ones of a real Kafka
///
///  *IT ─► Node: a broker that the test kills ◄─── Connect with Debezium │ MirrorMaker │ Kafka Streams │ applications
/// ```
///
/// The expectations were checked against Kafka 4.3.1: with `-Dheadrace.kafka=HOST:PORT` the tests that need nothing
/// but a client run against whatever listens there. `./mvnw -pl conformance -am verify -Dit.test='kafka/GroupsIT'`
/// runs one of them. With `-Dheadrace.peer=kafka` those that kill a broker of their own kill a real Kafka instead.
///
/// Start with [KafkaEndpoint], which makes the clients. [RecordLedger] is the checker of the crash tests,
/// [DifferentialIT] tells how answers are recorded anew.
package io.headrace.conformance.kafka;
