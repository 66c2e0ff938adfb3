"""What confluent-kafka, which is librdkafka in C, relies on of transactions. Prints one line for each thing that held;
an exception ends it."""

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from kafka_broker import BOOTSTRAP, fresh, say


def transactional(name, **settings):
    producing = Producer({"bootstrap.servers": BOOTSTRAP, "transactional.id": name, **settings})
    producing.init_transactions(60)
    return producing


def consumer(group):
    return Consumer(
        {
            "bootstrap.servers": BOOTSTRAP,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
        }
    )


def read(topic, partition=0):
    """All that is committed, up to the end."""
    reading = consumer(fresh("reader"))
    reading.assign([TopicPartition(topic, partition, 0)])
    values = []
    while True:
        message = reading.poll(30)
        assert message is not None, "nothing came, not even the end"
        if message.error():
            assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
            reading.close()
            return values
        values.append(message.value().decode())


admin = AdminClient({"bootstrap.servers": BOOTSTRAP})
topic, other = fresh("transactions"), fresh("transactions")
for future in admin.create_topics([NewTopic(topic, 1, 1), NewTopic(other, 1, 1)]).values():
    future.result(30)

producing = transactional(fresh("id"))
for round in range(6):
    producing.begin_transaction()
    for name in (topic, other):
        producing.produce(name, f"value {round}")
    if round % 2:
        producing.abort_transaction(60)
    else:
        producing.commit_transaction(60)
assert read(topic) == read(other) == ["value 0", "value 2", "value 4"]
say("commit and abort")

group = fresh("group")
reading = consumer(group)
for offset, commit in ((1, True), (2, False), (3, True), (4, False)):
    producing.begin_transaction()
    producing.produce(other, f"offset {offset}")
    producing.send_offsets_to_transaction([TopicPartition(topic, 0, offset)], reading.consumer_group_metadata(), 60)
    producing.commit_transaction(60) if commit else producing.abort_transaction(60)
assert reading.committed([TopicPartition(topic, 0)], 30)[0].offset == 3
assert read(other)[3:] == ["offset 1", "offset 3"]
reading.close()
say("offsets with the transaction")

name = fresh("id")
zombie = transactional(name)
zombie.begin_transaction()
zombie.produce(topic, "zombie")
zombie.flush(30)
following = transactional(name)
try:
    zombie.commit_transaction(60)
    raise AssertionError("the zombie could commit")
except KafkaException as refused:
    assert refused.args[0].code() in (KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH), refused
following.begin_transaction()
following.produce(topic, "following")
following.commit_transaction(60)
assert read(topic)[3:] == ["following"]
say("a zombie is fenced")

for round in range(100):
    following.begin_transaction()
    following.produce(topic, str(round))
    following.commit_transaction(60)
assert read(topic)[4:] == [str(round) for round in range(100)]
say("many transactions")
