"""What kafka-python, in Debian's version of 2020, relies on. Prints one line for each thing that held; an exception ends
it."""

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewPartitions, NewTopic
from kafka.errors import TopicAlreadyExistsError
from kafka_broker import BOOTSTRAP, fresh, say

admin = KafkaAdminClient(bootstrap_servers=BOOTSTRAP)
topic = fresh("kafka-python")
admin.create_topics([NewTopic(topic, 1, 1)])
admin.create_partitions({topic: NewPartitions(2)})
try:
    admin.create_topics([NewTopic(topic, 1, 1)])
    raise AssertionError("created twice")
except TopicAlreadyExistsError:
    say("create and grow a topic")

for codec in (None, "gzip"):  # the others need modules that Debian does not bring along
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP, compression_type=codec, acks="all")
    for i in range(500):
        producer.send(topic, f"{codec} {i}".encode(), key=b"k", partition=0, headers=[("n", str(i).encode())])
    producer.flush(60)
    producer.close()
say("produce plain and compressed")

consumer = KafkaConsumer(
    topic, bootstrap_servers=BOOTSTRAP, group_id=topic, auto_offset_reset="earliest", consumer_timeout_ms=30_000
)
seen = []
for message in consumer:
    seen.append(message)
    if len(seen) == 1000:
        break
assert [message.offset for message in seen] == list(range(1000))
assert seen[0].value == b"None 0" and seen[-1].value == b"gzip 499", seen[-1]
assert seen[-1].headers == [("n", b"499")], seen[-1].headers
consumer.commit()
say("a group consumes")

partition = TopicPartition(topic, 0)
assert consumer.committed(partition) == 1000
assert consumer.beginning_offsets([partition])[partition] == 0
assert consumer.end_offsets([partition])[partition] == 1000
assert consumer.offsets_for_times({partition: seen[500].timestamp})[partition].offset <= 500
consumer.seek(partition, 998)
assert next(consumer).offset == 998
consumer.close()
say("committed offsets, ends, times, seek")

assert (topic, "consumer") in admin.list_consumer_groups()
assert admin.list_consumer_group_offsets(topic)[partition].offset == 999  # closing committed
assert admin.describe_consumer_groups([topic])[0].state == "Empty"
admin.delete_topics([topic])
say("the admin client lists, describes and deletes")
