"""What pika relies on beside the tutorials. Prints one line for each thing that held; an exception ends it."""

import pika
from broker import connect, say

connection = connect()
channel = connection.channel()

queue = channel.queue_declare(queue="", exclusive=True).method.queue
for text in ("a", "b", "c"):
    channel.basic_publish("", queue, text, pika.BasicProperties(headers={"n": 1, "list": ["x", 2, {"deep": True}]}))

method, properties, body = channel.basic_get(queue)
assert (body, method.message_count, method.redelivered) == (b"a", 2, False), (body, method)
assert properties.headers == {"n": 1, "list": ["x", 2, {"deep": True}]}, properties.headers
channel.basic_nack(method.delivery_tag, requeue=True)
method, properties, body = channel.basic_get(queue)
assert (body, method.redelivered) == (b"a", True), (body, method)
channel.basic_reject(method.delivery_tag, requeue=False)
say("get, nack, reject")

seen = []
for method, properties, body in channel.consume(queue, inactivity_timeout=5):
    seen.append(body)
    channel.basic_ack(method.delivery_tag)
    if len(seen) == 2:
        break
assert seen == [b"b", b"c"], seen
assert channel.cancel() == 0
say("consume as a generator")

channel.basic_qos(prefetch_count=10)
for i in range(50):
    channel.basic_publish("", queue, str(i))
held = []
tag = channel.basic_consume(queue, lambda ch, method, properties, body: held.append(method.delivery_tag))
while len(held) < 10:
    connection.process_data_events(time_limit=1)
connection.process_data_events(time_limit=0.2)
assert len(held) == 10, len(held)
channel.basic_ack(held[-1], multiple=True)
while len(held) < 20:
    connection.process_data_events(time_limit=1)
channel.basic_cancel(tag)
say("prefetch")

big = bytes(range(256)) * 4096
channel.queue_purge(queue)
channel.close()
channel = connection.channel()
channel.queue_purge(queue)
channel.basic_publish("", queue, big)
method, properties, body = channel.basic_get(queue, auto_ack=True)
assert body == big
say("a megabyte")

channel.tx_select()
channel.basic_publish("", queue, "committed")
channel.tx_commit()
channel.basic_publish("", queue, "rolled back")
channel.tx_rollback()
assert channel.queue_declare(queue, passive=True).method.message_count == 1
say("transactions")

try:
    channel.queue_declare("no.such.queue.anywhere", passive=True)
except pika.exceptions.ChannelClosedByBroker as closed:
    assert closed.reply_code == 404, closed
    assert closed.reply_text == "NOT_FOUND - no queue 'no.such.queue.anywhere' in vhost '/'", closed
channel = connection.channel()
channel.exchange_declare("amq.topic", passive=True)
say("a channel is lost, the connection is not")

connection.close()
try:
    parameters = connection._impl.params
    parameters.credentials = pika.PlainCredentials("guest", "wrong")
    pika.BlockingConnection(parameters)
except pika.exceptions.ProbableAuthenticationError:
    say("a wrong password is refused")
