"""Tutorial two: durable tasks, shared fairly. work.py new TEXT... | worker NAME"""

import sys

import pika
from broker import connect, say

connection = connect()
channel = connection.channel()
channel.queue_declare(queue="task_queue", durable=True)

if sys.argv[1] == "new":
    for task in sys.argv[2:]:
        channel.basic_publish(
            exchange="",
            routing_key="task_queue",
            body=task,
            properties=pika.BasicProperties(delivery_mode=2),
        )
    connection.close()
else:

    def work(ch, method, properties, body):
        say("working on " + body.decode())
        if body != b"never done":
            ch.basic_ack(delivery_tag=method.delivery_tag)
            say("done " + body.decode() + (" again" if method.redelivered else ""))

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue="task_queue", on_message_callback=work)
    say("ready")
    channel.start_consuming()
