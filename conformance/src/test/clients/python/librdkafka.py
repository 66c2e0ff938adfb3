"""What confluent-kafka, which is librdkafka in C, relies on. Prints one line for each thing that held; an exception
ends it."""

import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic
from kafka_broker import BOOTSTRAP, fresh, say


def producer(**settings):
    return Producer({"bootstrap.servers": BOOTSTRAP, **{key.replace("_", "."): v for key, v in settings.items()}})


def consumer(group, **settings):
    return Consumer(
        {
            "bootstrap.servers": BOOTSTRAP,
            "group.id": group,
            "auto.offset.reset": "earliest",
            **{key.replace("_", "."): v for key, v in settings.items()},
        }
    )


def take(reading, count, seconds=60):
    taken, deadline = [], time.monotonic() + seconds
    while len(taken) < count:
        assert time.monotonic() < deadline, f"{len(taken)} of {count} records came"
        message = reading.poll(1)
        if message is None or (message.error() and message.error().code() == KafkaError._PARTITION_EOF):
            continue
        assert not message.error(), message.error()
        taken.append(message)
    return taken


admin = AdminClient({"bootstrap.servers": BOOTSTRAP})
topic = fresh("librdkafka")
for future in admin.create_topics([NewTopic(topic, 2, 1, config={"retention.ms": "-1"})]).values():
    future.result(30)
for future in admin.create_partitions([NewPartitions(topic, 3)]).values():
    future.result(30)
assert len(admin.list_topics(topic, 30).topics[topic].partitions) == 3
resource = ConfigResource("topic", topic)
assert admin.describe_configs([resource])[resource].result(30)["retention.ms"].value == "-1"
say("create, grow and describe a topic")

values = []
for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
    failed = []
    sending = producer(compression_type=codec, enable_idempotence=True, linger_ms=5)
    for i in range(1000):
        values.append(f"{codec} {i}")
        sending.produce(
            topic,
            values[-1],
            key="k",
            partition=0,
            timestamp=1_700_000_000_000 + len(values),
            headers=[("codec", codec), ("none", None)],
            on_delivery=lambda error, message: failed.append(error) if error else None,
        )
        sending.poll(0)
    assert sending.flush(60) == 0 and not failed, failed
reading = consumer(fresh("group"))
reading.assign([TopicPartition(topic, 0, 0)])
messages = take(reading, len(values))
assert [message.value().decode() for message in messages] == values
assert [message.offset() for message in messages] == list(range(len(values)))
assert messages[-1].headers() == [("codec", b"zstd"), ("none", None)], messages[-1].headers()
assert messages[0].timestamp() == (1, 1_700_000_000_001)
say("an idempotent producer with every compression")

assert reading.get_watermark_offsets(TopicPartition(topic, 0), 30) == (0, 5000)
found = reading.offsets_for_times([TopicPartition(topic, 0, 1_700_000_001_234)], 30)
assert found[0].offset == 1233, found
reading.seek(TopicPartition(topic, 0, 4321))
assert take(reading, 1)[0].offset() == 4321
reading.close()
say("watermarks, offsets by time, seek")

group = fresh("group")
first = consumer(group, enable_auto_commit=False)
first.subscribe([topic])
message = take(first, 1)[0]
first.commit(message, asynchronous=False)
first.close()
second = consumer(group)
second.subscribe([topic])
assert take(second, 1)[0].offset() == 1
second.close()
say("a group goes on where it committed")

static, cooperative = fresh("group"), {"partition.assignment.strategy": "cooperative-sticky"}
sharing = [
    Consumer({"bootstrap.servers": BOOTSTRAP, "group.id": static, "group.instance.id": name, **cooperative})
    for name in ("one", "two")
]
for member in sharing:
    member.subscribe([topic])
deadline = time.monotonic() + 60
while sorted(len(member.assignment()) for member in sharing) != [1, 2]:
    assert time.monotonic() < deadline, [member.assignment() for member in sharing]
    for member in sharing:
        member.poll(0.1)
for member in sharing:
    member.close()
say("two static members share three partitions")

errors = []
sending = producer(message_max_bytes=3_000_000)
sending.produce(topic, b"x" * 2_000_000, on_delivery=lambda error, message: errors.append(error.code()))
sending.flush(60)
assert errors == [KafkaError.MSG_SIZE_TOO_LARGE], errors
try:
    next(iter(admin.create_topics([NewTopic(topic, 1, 1)]).values())).result(30)
    raise AssertionError("created twice")
except KafkaException as exists:
    assert exists.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS, exists
say("errors")

for future in admin.delete_topics([topic]).values():
    future.result(30)
say("delete a topic")
