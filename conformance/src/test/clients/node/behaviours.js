// What amqplib relies on. Prints one line for each thing that held; an exception ends it.
'use strict';
const assert = require('node:assert');
const amqp = require('amqplib');

async function main() {
  const connection = await amqp.connect(`amqp://guest:guest@${process.env.AMQP_HOST}:${process.env.AMQP_PORT}`);
  const channel = await connection.createChannel();

  const { queue } = await channel.assertQueue('', { exclusive: true });
  assert.match(queue, /^amq\.gen-/);
  const received = [];
  const all = new Promise((resolve) => {
    channel.consume(queue, (message) => {
      received.push(message.content.toString());
      channel.ack(message);
      if (received.length === 100) resolve();
    });
  });
  for (let i = 0; i < 100; i++) channel.sendToQueue(queue, Buffer.from(`m${i}`), { persistent: true });
  await all;
  assert.deepStrictEqual(received, Array.from({ length: 100 }, (_, i) => `m${i}`));
  console.log('publish and consume');

  const logs = await channel.assertQueue('', { exclusive: true });
  await channel.assertExchange('node.topic', 'topic', { durable: false, autoDelete: true });
  await channel.bindQueue(logs.queue, 'node.topic', 'kern.*');
  channel.publish('node.topic', 'kern.critical', Buffer.from('yes'), { headers: { a: 1, b: ['x', { y: true }] } });
  channel.publish('node.topic', 'cron.critical', Buffer.from('no'));
  let message = await channel.get(logs.queue, { noAck: true });
  assert.strictEqual(message.content.toString(), 'yes');
  assert.deepStrictEqual(message.properties.headers.b, ['x', { y: true }]);
  assert.strictEqual(await channel.get(logs.queue), false);
  console.log('topic exchange and get');

  const big = Buffer.alloc(1_000_000, 'headrace');
  channel.sendToQueue(logs.queue, big);
  message = await channel.get(logs.queue);
  assert.ok(message.content.equals(big));
  channel.nack(message, false, true);
  message = await channel.get(logs.queue);
  assert.ok(message.fields.redelivered);
  channel.reject(message, false);
  assert.strictEqual((await channel.checkQueue(logs.queue)).messageCount, 0);
  console.log('a megabyte, nack and reject');

  const confirming = await connection.createConfirmChannel();
  for (let i = 0; i < 1000; i++) confirming.sendToQueue(logs.queue, Buffer.from('c'), { persistent: true });
  await confirming.waitForConfirms();
  assert.strictEqual((await channel.purgeQueue(logs.queue)).messageCount, 1000);
  const returned = new Promise((resolve) => confirming.once('return', resolve));
  confirming.publish('', 'no.such.queue', Buffer.from('r'), { mandatory: true });
  assert.strictEqual((await returned).fields.replyText, 'NO_ROUTE');
  await confirming.waitForConfirms();
  console.log('confirms and returns');

  const failing = await connection.createChannel();
  const failed = new Promise((resolve) => failing.once('error', resolve));
  await assert.rejects(failing.checkQueue('no.such.queue'));
  assert.strictEqual((await failed).code, 404);
  console.log('errors');

  await connection.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
