"""Tutorial six: a question and its answer. rpc.py server | ask NUMBER | ask-directly NUMBER"""

import sys
import uuid

import pika
from broker import connect, say


def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


connection = connect()
channel = connection.channel()

if sys.argv[1] == "server":
    channel.queue_declare(queue="rpc_queue")

    def asked(ch, method, properties, body):
        ch.basic_publish(
            exchange="",
            routing_key=properties.reply_to,
            properties=pika.BasicProperties(correlation_id=properties.correlation_id),
            body=str(fibonacci(int(body))),
        )
        ch.basic_ack(delivery_tag=method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue="rpc_queue", on_message_callback=asked)
    say("ready")
    channel.start_consuming()
else:
    directly = sys.argv[1] == "ask-directly"
    replies = "amq.rabbitmq.reply-to" if directly else channel.queue_declare(queue="", exclusive=True).method.queue
    correlation = str(uuid.uuid4())
    answer = None

    def answered(ch, method, properties, body):
        global answer
        if properties.correlation_id == correlation:
            answer = body.decode()

    channel.basic_consume(queue=replies, on_message_callback=answered, auto_ack=True)
    channel.basic_publish(
        exchange="",
        routing_key="rpc_queue",
        properties=pika.BasicProperties(reply_to=replies, correlation_id=correlation),
        body=sys.argv[2],
    )
    while answer is None:
        connection.process_data_events(time_limit=None)
    say(answer)
    connection.close()
