"""Tutorials three, four, five: logs for whoever wants them, all, by severity, by topic.

logs.py EXCHANGE TYPE emit KEY TEXT | receive KEY...
"""

import sys

from broker import connect, say

exchange, kind, what = sys.argv[1:4]
connection = connect()
channel = connection.channel()
channel.exchange_declare(exchange=exchange, exchange_type=kind)

if what == "emit":
    channel.basic_publish(exchange=exchange, routing_key=sys.argv[4], body=sys.argv[5])
    connection.close()
else:
    queue = channel.queue_declare(queue="", exclusive=True).method.queue
    for key in sys.argv[4:]:
        channel.queue_bind(exchange=exchange, queue=queue, routing_key=key)

    def received(ch, method, properties, body):
        say(method.routing_key + ": " + body.decode())

    channel.basic_consume(queue=queue, on_message_callback=received, auto_ack=True)
    say("ready")
    channel.start_consuming()
