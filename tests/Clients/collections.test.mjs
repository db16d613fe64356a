import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, withCollection } from './server.mjs';

test('the client takes the server for a compatible one', async (t) => {
  const warnings = t.mock.method(console, 'warn', () => {});
  const { QdrantClient } = await import('@qdrant/js-client-rest');
  const checking = new QdrantClient({ url: process.env.VECTORCLUSTER_URL });
  const info = await checking.versionInfo();
  assert.match(info.version, /^1\.18\./);
  assert.equal(warnings.mock.callCount(), 0);
});

test('a collection is created, described, listed and deleted', async () => {
  const name = `clients-${process.pid}-lifecycle`;
  assert.equal(await client.createCollection(name, {
    vectors: { size: 4, distance: 'Cosine' },
    hnsw_config: { m: 24, ef_construct: 100 },
    shard_number: 2,
    optimizers_config: { default_segment_number: 2 },
    replication_factor: 1,
  }), true);
  try {
    assert.deepEqual(await client.collectionExists(name), { exists: true });
    const { collections } = await client.getCollections();
    assert.ok(collections.some((collection) => collection.name === name));
    const info = await client.getCollection(name);
    assert.equal(info.status, 'green');
    assert.equal(info.optimizer_status, 'ok');
    assert.equal(info.points_count, 0);
    assert.equal(info.config.params.vectors.size, 4);
    assert.equal(info.config.params.vectors.distance, 'Cosine');
    assert.equal(info.config.params.shard_number, 2);
    assert.equal(info.config.hnsw_config.m, 24);
    assert.equal(info.config.hnsw_config.ef_construct, 100);
    await assert.rejects(client.createCollection(name, { vectors: { size: 4, distance: 'Dot' } }), { status: 409 });
  } finally {
    assert.equal(await client.deleteCollection(name), true);
  }
  assert.deepEqual(await client.collectionExists(name), { exists: false });
  await assert.rejects(client.getCollection(name), { status: 404 });
});

test('a collection is recreated empty', () => withCollection({ vectors: { size: 2, distance: 'Dot' } }, async (name) => {
  await client.upsert(name, { wait: true, points: [{ id: 1, vector: [1, 2] }] });
  await client.recreateCollection(name, { vectors: { size: 3, distance: 'Euclid' } });
  assert.equal((await client.count(name)).count, 0);
  assert.equal((await client.getCollection(name)).config.params.vectors.size, 3);
}));

test('named vectors are searched each by itself', () => withCollection({
  vectors: { image: { size: 2, distance: 'Dot' }, text: { size: 3, distance: 'Euclid' } },
}, async (name) => {
  await client.upsert(name, {
    wait: true,
    points: [
      { id: 1, vector: { image: [1, 0], text: [0, 0, 0] } },
      { id: 2, vector: { image: [0, 1], text: [1, 1, 1] } },
      { id: 3, vector: { text: [5, 5, 5] } },
    ],
  });
  const byImage = await client.query(name, { query: [0, 1], using: 'image', with_vector: ['image'] });
  assert.deepEqual(byImage.points.map((point) => point.id), [2, 1]);
  assert.deepEqual(byImage.points[0].vector, { image: [0, 1] });
  const byText = await client.search(name, { vector: { name: 'text', vector: [4, 4, 4] }, limit: 1 });
  assert.equal(byText[0].id, 3);
}));

test('payload indexes are made and removed', () => withCollection({ vectors: { size: 2, distance: 'Dot' } }, async (name) => {
  await client.upsert(name, { wait: true, points: [{ id: 1, vector: [1, 2], payload: { city: 'Berlin', n: 1 } }] });
  for (const schema of ['keyword', 'integer', 'float', 'bool', 'datetime', 'uuid']) {
    const result = await client.createPayloadIndex(name, { field_name: `f_${schema}`, field_schema: schema, wait: true });
    assert.equal(result.status, 'completed');
  }
  await client.createPayloadIndex(name, { field_name: 'city', field_schema: { type: 'keyword', is_tenant: true }, wait: true });
  const info = await client.getCollection(name);
  assert.equal(info.payload_schema.city.data_type, 'keyword');
  assert.equal(info.payload_schema.city.points, 1);
  assert.equal(info.payload_schema.f_uuid.data_type, 'uuid');
  await client.deletePayloadIndex(name, 'city', { wait: true });
  assert.equal((await client.getCollection(name)).payload_schema.city, undefined);
  await assert.rejects(client.createPayloadIndex(name, { field_name: 'g', field_schema: 'geo', wait: true }), { status: 400 });
}));
