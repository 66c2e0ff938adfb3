// A worker on amqplib: prefetch, a second try, then the dead letter queue. Prints one line for each thing that held.
'use strict';
const assert = require('node:assert');
const amqp = require('amqplib');

async function main() {
  const uri = `amqp://guest:guest@${process.env.AMQP_HOST}:${process.env.AMQP_PORT}`;
  const connection = await amqp.connect(uri);
  const setup = await connection.createConfirmChannel();
  const jobs = `${process.argv[2]}.jobs`;
  const dead = `${process.argv[2]}.dead`;
  await setup.assertExchange(`${jobs}.dlx`, 'direct', { durable: true });
  await setup.assertQueue(dead, { durable: true });
  await setup.bindQueue(dead, `${jobs}.dlx`, 'failed');
  await setup.assertQueue(jobs, {
    durable: true,
    deadLetterExchange: `${jobs}.dlx`,
    deadLetterRoutingKey: 'failed',
    maxPriority: 5,
  });
  for (let i = 0; i < 20; i++) {
    setup.sendToQueue(jobs, Buffer.from(JSON.stringify({ job: i })), { persistent: true, priority: i % 3 });
  }
  await setup.waitForConfirms();
  console.log('confirmed 20');

  const worker = await connection.createChannel();
  await worker.prefetch(4);
  const tried = new Map();
  const done = [];
  let inFlight = 0;
  let inFlightMax = 0;
  await new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.consume(jobs, async (message) => {
      if (message === null) return; // cancelled: the queue is deleted at the end
      inFlightMax = Math.max(inFlightMax, ++inFlight);
      const { job } = JSON.parse(message.content);
      await new Promise((next) => setImmediate(next));
      inFlight--;
      tried.set(job, (tried.get(job) || 0) + 1);
      if (job % 5 === 0) {
        worker.nack(message, false, !message.fields.redelivered);
        if (message.fields.redelivered) done.push(job);
      } else {
        worker.ack(message);
        done.push(job);
      }
      if (done.length === 20) resolve();
    });
  });
  assert.ok(inFlightMax <= 4, `${inFlightMax} at a time`);
  assert.deepStrictEqual([...new Set(done)].length, 20);
  assert.deepStrictEqual([0, 5, 10, 15].map((job) => tried.get(job)), [2, 2, 2, 2]);
  console.log('worked 20');

  const lost = [];
  while (lost.length < 4) {
    const message = await setup.get(dead, { noAck: true });
    if (!message) {
      await new Promise((next) => setTimeout(next, 10));
      continue;
    }
    const [death] = message.properties.headers['x-death'];
    assert.strictEqual(death.reason, 'rejected');
    assert.strictEqual(death.queue, jobs);
    assert.strictEqual(death.count, 1);
    lost.push(JSON.parse(message.content).job);
  }
  assert.deepStrictEqual(lost.sort((a, b) => a - b), [0, 5, 10, 15]);
  console.log('dead 4');

  const state = await setup.checkQueue(jobs);
  assert.strictEqual(state.messageCount, 0);
  await setup.deleteQueue(jobs);
  await setup.deleteQueue(dead);
  await connection.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
