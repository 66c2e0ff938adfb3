"""How confluent-kafka, which is librdkafka in C, logs in. Prints one line for each thing that held; an exception ends it.

Arguments: a user, its password for SCRAM-SHA-512, the one for PLAIN, a file with a token of the same user."""

import sys
import threading
import time

from confluent_kafka import KafkaError, Producer, libversion
from kafka_broker import BOOTSTRAP, fresh, say

user, scram_password, plain_password, token_file = sys.argv[1:]


def login(mechanism, password, **settings):
    return {
        "bootstrap.servers": BOOTSTRAP,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": mechanism,
        "sasl.username": user,
        "sasl.password": password,
        **settings,
    }


def send(producer, topic, count):
    failed = []
    for i in range(count):
        producer.produce(topic, f"v{i}", on_delivery=lambda error, _: failed.append(error) if error else None)
    assert producer.flush(60) == 0
    assert not failed, failed


topic = fresh("login")
# before 2.6.1 its nonce is wrong, which Kafka 3.9 and later find too (CVE-2024-56128)
if libversion()[1] >= 0x020601FF:
    send(Producer(login("SCRAM-SHA-512", scram_password)), topic, 10)
say("SCRAM-SHA-512, if it can")

send(Producer(login("PLAIN", plain_password)), topic, 10)
say("PLAIN")

refused = threading.Event()


def error(trouble):
    if trouble.code() == KafkaError._AUTHENTICATION:
        refused.set()


wrong = Producer(login("PLAIN", "wrong", error_cb=error))
deadline = time.monotonic() + 60
while not refused.is_set() and time.monotonic() < deadline:
    wrong.poll(0.1)
assert refused.is_set()
say("a wrong password is refused")


def token(_):
    with open(token_file) as file:
        return file.read(), time.time() + 3600


bearer = Producer(
    {
        "bootstrap.servers": BOOTSTRAP,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "OAUTHBEARER",
        "oauth_cb": token,
    }
)
send(bearer, topic, 10)
say("OAUTHBEARER")

for _ in range(10):
    time.sleep(0.7)
    send(bearer, topic, 10)
say("goes on over the end of a session")
