"""An application on Celery. Prints one line for each thing that held; an exception ends it."""

import datetime
import os
import subprocess
import sys
import time

from celery_tasks import DONE, QUEUE, add, flaky, hopeless, note, slow

PATIENCE = 30


def worker():
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "celery_tasks", "worker", "-P", "solo", "-l", "WARNING", "-Q", QUEUE],
        stdout=open(DONE + ".log", "a"),
        stderr=subprocess.STDOUT,
    )


def say(text):
    print(text, flush=True)


def read():
    return open(DONE).read().split() if os.path.exists(DONE) else []


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain; the workers said: " + open(DONE + ".log").read()
        time.sleep(0.02)


for priority in (1, 9, 5, 0):
    note.apply_async(["priority-%d" % priority], priority=priority)
running = worker()
try:
    wait_for(lambda: len(read()) == 4)
    assert read() == ["priority-9", "priority-5", "priority-1", "priority-0"], read()
    say("priorities")

    assert add.delay(2, 3).get(timeout=PATIENCE) == 5
    say("a result")

    assert flaky.delay().get(timeout=PATIENCE) == 3
    say("retries")

    try:
        hopeless.delay().get(timeout=PATIENCE)
        raise AssertionError("it should have failed")
    except ValueError:
        say("retries that end")

    begun = time.monotonic()
    eta = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)
    assert add.apply_async([1, 1], eta=eta).get(timeout=PATIENCE) == 2
    assert time.monotonic() - begun >= 0.9
    say("an ETA")

    interrupted = slow.delay()
    wait_for(lambda: os.path.exists(DONE + ".begun"))
    running.kill()
    running.wait()
    running = worker()
    assert interrupted.get(timeout=PATIENCE) is True
    say("a worker that is killed")
finally:
    running.kill()
    running.wait()
