"""Tutorial seven: a publisher that knows. confirms.py COUNT"""

import sys

import pika
from broker import connect, say

connection = connect()
channel = connection.channel()
queue = channel.queue_declare(queue="", exclusive=True).method.queue
channel.confirm_delivery()

for i in range(int(sys.argv[1])):
    channel.basic_publish(
        exchange="",
        routing_key=queue,
        body=str(i),
        properties=pika.BasicProperties(delivery_mode=2),
        mandatory=True,
    )
say("confirmed " + str(channel.queue_declare(queue=queue, passive=True).method.message_count))

try:
    channel.basic_publish(exchange="", routing_key="no.such.queue", body="x", mandatory=True)
    say("taken")
except pika.exceptions.UnroutableError as unroutable:
    say("returned " + unroutable.messages[0].method.reply_text)
connection.close()
