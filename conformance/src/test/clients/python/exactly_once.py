"""Reads records, writes one for each of them, and commits both in one transaction, until it is killed: librdkafka's
part of ReadProcessWrite.java. Words: topics of input and output, the latter also the group, and which member it is."""

import random
import sys

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from kafka_broker import BOOTSTRAP, say

ABORTED = b"aborted "  # what begins with this was aborted, and nobody must see it
ABORTS_ONE_OF = 10
SOON = {"bootstrap.servers": BOOTSTRAP, "reconnect.backoff.max.ms": 200}


def run(source, sink, member):
    consumer = Consumer(
        {
            **SOON,
            "group.id": sink,
            "group.instance.id": member,
            "session.timeout.ms": 6000,
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
        }
    )
    producer = Producer(
        {
            **SOON,
            "transactional.id": f"{sink}-{member}",
            "transaction.timeout.ms": 10000,
            "linger.ms": 5,
            "partitioner": "murmur2_random",
        }
    )
    try:
        producer.init_transactions(30)
        consumer.subscribe([source])
        while True:
            step(consumer, producer, sink)
    finally:
        consumer.close()


def step(consumer, producer, sink):
    messages = [message for message in consumer.consume(100, 0.1) if not message.error()]
    if not messages:
        return
    abort = random.randrange(ABORTS_ONE_OF) == 0
    producer.begin_transaction()
    for message in messages:
        producer.produce(sink, (ABORTED if abort else b"") + message.value(), message.key())
    producer.send_offsets_to_transaction(
        consumer.position(consumer.assignment()), consumer.consumer_group_metadata(), 30
    )
    if abort:
        producer.flush(10)
        producer.abort_transaction(30)
        for partition in consumer.committed(consumer.assignment(), 30):
            consumer.seek(TopicPartition(partition.topic, partition.partition, max(partition.offset, 0)))
    else:
        producer.commit_transaction(30)


say("ready")
while True:
    try:
        run(*sys.argv[1:4])
    except KafkaException as e:  # fenced, or the broker was away: as after a start
        say(f"again: {e}")
