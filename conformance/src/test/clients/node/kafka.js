// What kafkajs relies on. Prints one line for each thing that held; an exception ends it.
'use strict';
const assert = require('node:assert');
const { randomUUID } = require('node:crypto');
const { CompressionTypes, Kafka, logLevel } = require('kafkajs');

async function main() {
  const kafka = new Kafka({ clientId: 'kafkajs', brokers: [process.env.KAFKA_BOOTSTRAP], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topic = `kafkajs.${randomUUID()}`;
  assert.strictEqual(await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] }), true);
  assert.strictEqual(await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] }), false);
  await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
  const metadata = await admin.fetchTopicMetadata({ topics: [topic] });
  assert.strictEqual(metadata.topics[0].partitions.length, 3);
  const described = await admin.describeConfigs({ resources: [{ type: 2, name: topic, configNames: ['retention.ms'] }] });
  assert.strictEqual(described.resources[0].configEntries[0].configValue, '604800000');
  await admin.alterConfigs({ resources: [{ type: 2, name: topic, configEntries: [{ name: 'retention.ms', value: '9' }] }] });
  await admin.alterConfigs({ resources: [{ type: 2, name: topic, configEntries: [{ name: 'retention.ms', value: '-1' }] }] });
  console.log('create, grow, describe and alter a topic');

  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (const compression of [CompressionTypes.None, CompressionTypes.GZIP]) {
    const messages = Array.from({ length: 500 }, (_, i) => (
      { partition: 0, key: 'k', value: `${compression} ${i}`, headers: { n: `${i}`, many: ['a', 'b'] } }));
    const [answer] = await producer.send({ topic, compression, acks: -1, messages });
    assert.strictEqual(answer.baseOffset, compression === CompressionTypes.None ? '0' : '500');
  }
  await producer.disconnect();
  console.log('an idempotent producer, plain and compressed');

  const consumer = kafka.consumer({ groupId: topic });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const received = [];
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer.run({
      eachMessage: async ({ message }) => {
        received.push(message);
        if (received.length === 1000) resolve();
      },
    }).catch(reject);
  });
  assert.deepStrictEqual(received.map(({ offset }) => offset), Array.from({ length: 1000 }, (_, i) => `${i}`));
  assert.strictEqual(received[999].value.toString(), '1 499');
  assert.strictEqual(received[999].headers.n.toString(), '499');
  assert.deepStrictEqual(received[999].headers.many.map(String), ['a', 'b']);
  await consumer.stop();
  await consumer.disconnect();
  console.log('a group consumes');

  const offsets = await admin.fetchOffsets({ groupId: topic, topics: [topic] });
  assert.strictEqual(offsets[0].partitions.find(({ partition }) => partition === 0).offset, '1000');
  assert.deepStrictEqual((await admin.fetchTopicOffsets(topic)).map(({ high }) => high).sort(), ['0', '0', '1000']);
  const groups = await admin.describeGroups([topic]);
  assert.strictEqual(groups.groups[0].state, 'Empty');
  await admin.setOffsets({ groupId: topic, topic, partitions: [{ partition: 0, offset: '400' }] });
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '100' }] });
  assert.strictEqual((await admin.fetchTopicOffsets(topic)).find(({ partition }) => partition === 0).low, '100');
  await admin.deleteGroups([topic]);
  await admin.deleteTopics({ topics: [topic] });
  console.log('the admin client resets, deletes records, groups and topics');
  await admin.disconnect();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
