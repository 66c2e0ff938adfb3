"""Where the broker is, for the programs of this folder; AMQP_HOST and AMQP_PORT say it."""

import os

import pika


def connect():
    return pika.BlockingConnection(
        pika.ConnectionParameters(host=os.environ["AMQP_HOST"], port=int(os.environ["AMQP_PORT"]))
    )


def say(text):
    print(text, flush=True)
