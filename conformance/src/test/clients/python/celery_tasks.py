"""The tasks of an application on Celery, for its worker and for celery_application.py. What they did stands in a file."""

import os
import time

from celery import Celery
from kombu import Queue

QUEUE = os.environ["CELERY_QUEUE"]
DONE = os.environ["CELERY_DONE"]

app = Celery(
    "tasks",
    broker="amqp://guest:guest@%s:%s//" % (os.environ["AMQP_HOST"], os.environ["AMQP_PORT"]),
    backend="rpc://",
)
app.conf.update(
    task_queues=[Queue(QUEUE, queue_arguments={"x-max-priority": 10})],
    task_default_queue=QUEUE,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    result_expires=60,
)


def done(what):
    with open(DONE, "a") as file:
        file.write(what + "\n")


@app.task
def add(a, b):
    return a + b


@app.task(bind=True, max_retries=3)
def flaky(self):
    if self.request.retries < 3:
        raise self.retry(countdown=0.2)
    return self.request.retries


@app.task(bind=True, max_retries=1)
def hopeless(self):
    raise self.retry(countdown=0.1, exc=ValueError("never"))


@app.task
def note(what):
    done(what)


@app.task(bind=True)
def slow(self):
    first = not os.path.exists(DONE + ".begun")
    open(DONE + ".begun", "w").close()
    if first:
        time.sleep(60)
    return self.request.delivery_info["redelivered"]
