"""Many connections at once that bring or get more than there is memory for.

crowd.py slow CONNECTIONS BYTES COUNT     consumers that read nothing until all is published
crowd.py stuck CONNECTIONS BYTES COUNT    consumers that never read, beside one that does
crowd.py halves CONNECTIONS BYTES         publishers that stop in the middle of a message, and go on
crowd.py fill QUEUES BYTES MODE           a message to each of so many durable queues, MODE 2 persistent, 1 not
crowd.py drain QUEUES BYTES               a consumer for each of them, all at once
crowd.py queues COUNT 0                   declares so many durable queues
crowd.py there COUNT 0                    looks for the first and the last of them
"""

import selectors
import struct
import sys
import time

from broker import connect, say
from pika import BasicProperties

what, connections, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def consumers():
    channel = connect().channel()
    channel.exchange_declare("crowd", "fanout")
    for _ in range(connections):
        mine = connect().channel()
        queue = mine.queue_declare("", exclusive=True).method.queue
        mine.queue_bind(queue, "crowd")
        mine.basic_consume(queue, lambda *_: got.append(1))
        crowd.append(mine)
    channel.confirm_delivery()
    for _ in range(int(sys.argv[4])):
        channel.basic_publish("crowd", "", b"x" * size)
    say("published")


def newcomer(body):
    """Publishes and consumes as if the others were not there."""
    channel = connect().channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.confirm_delivery()
    channel.basic_publish("", queue, body)
    for _, _, came in channel.consume(queue, auto_ack=True, inactivity_timeout=40):
        say("newcomer got " + (str(len(came)) if came else "nothing"))
        break


def frame(kind, payload):
    return struct.pack(">BHI", kind, 1, len(payload)) + payload + b"\xce"


def publish_frames():
    method = struct.pack(">HHH", 60, 40, 0) + b"\0" + b"\5crowd" + b"\0"
    frames = frame(1, method) + frame(2, struct.pack(">HHQH", 60, 0, size, 0))
    for at in range(0, size, 131_064):
        frames += frame(3, b"z" * min(131_064, size - at))
    return frames


def push(sockets, data, start, end):
    """Writes the same part of `data` to all, as fast as each takes it."""
    at = dict.fromkeys(sockets, start)
    with selectors.DefaultSelector() as selector:
        for socket in sockets:
            socket.setblocking(False)
            selector.register(socket, selectors.EVENT_WRITE)
        while at:
            for key, _ in selector.select():
                socket = key.fileobj
                at[socket] += socket.send(data[at[socket] : min(end, at[socket] + 100_000)])
                if at[socket] >= end:
                    del at[socket]
                    selector.unregister(socket)


crowd, got = [], []
if what == "slow":
    consumers()
    expected = connections * int(sys.argv[4])
    until = time.time() + 40
    while len(got) < expected and time.time() < until:
        for channel in crowd:
            channel.connection.process_data_events(0)
    say("received %d of %d" % (len(got), expected))
elif what == "stuck":
    consumers()
    time.sleep(3)  # until as much waits for them as there is memory for
    newcomer(b"y" * 1000)
elif what == "halves":
    admin = connect().channel()
    admin.queue_declare("crowd")
    sockets = []
    for _ in range(connections):
        crowd.append(connect().channel())
        sockets.append(crowd[-1].connection._impl._transport._sock)
    data = publish_frames()
    push(sockets, data, 0, len(data) // 8)
    push(sockets, data, len(data) // 8, len(data))
    until = time.time() + 40
    while admin.queue_declare("crowd", passive=True).method.message_count < connections and time.time() < until:
        time.sleep(0.05)
    say("published %d" % admin.queue_declare("crowd", passive=True).method.message_count)
elif what == "fill":
    channel = connect().channel()
    channel.confirm_delivery()
    properties = BasicProperties(delivery_mode=int(sys.argv[4]))
    for number in range(connections):
        channel.queue_declare("crowd.%d" % number, durable=True)
        channel.basic_publish("", "crowd.%d" % number, b"x" * size, properties)
    say("filled")
elif what == "drain":
    for number in range(connections):
        crowd.append(connect().channel())
    for number, channel in enumerate(crowd):
        channel.basic_consume("crowd.%d" % number, lambda *came: got.append(len(came[3])), auto_ack=True)
    until = time.time() + 40
    while len(got) < connections and time.time() < until:
        for channel in crowd:
            channel.connection.process_data_events(0)
    say("received %d of %d" % (got.count(size), connections))
elif what == "queues":
    channel = connect().channel()
    socket = channel.connection._impl._transport._sock
    socket.setblocking(True)
    durable_and_no_wait = b"\x12"
    for first in range(0, connections, 1000):
        if first % 40_000 == 0:
            say("declaring")
        frames = b""
        for number in range(first, first + 1000):
            name = b"many.%d" % number
            frames += frame(1, struct.pack(">HHHB", 50, 10, 0, len(name)) + name + durable_and_no_wait + bytes(4))
        socket.sendall(frames)
    socket.setblocking(False)
    channel.queue_declare("many.%d" % (connections - 1), passive=True)
    say("declared")
elif what == "there":
    channel = connect().channel()
    for number in (0, connections - 1):
        channel.queue_declare("many.%d" % number, passive=True)
    say("there")
