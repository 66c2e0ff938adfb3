"""Tutorial one: one message through a queue. hello.py send TEXT | receive COUNT"""

import sys

from broker import connect, say

connection = connect()
channel = connection.channel()
channel.queue_declare(queue="hello")

if sys.argv[1] == "send":
    channel.basic_publish(exchange="", routing_key="hello", body=sys.argv[2])
    connection.close()
    say("sent " + sys.argv[2])
else:
    remaining = int(sys.argv[2])

    def received(ch, method, properties, body):
        global remaining
        say("received " + body.decode())
        remaining -= 1
        if remaining == 0:
            ch.stop_consuming()

    channel.basic_consume(queue="hello", on_message_callback=received, auto_ack=True)
    say("ready")
    channel.start_consuming()
    connection.close()
