"""Where the broker is, for the Kafka programs of this folder; KAFKA_BOOTSTRAP says it."""

import os
import uuid

BOOTSTRAP = os.environ["KAFKA_BOOTSTRAP"]


def fresh(what):
    return f"{what}.{uuid.uuid4().hex[:12]}"


def say(text):
    print(text, flush=True)
