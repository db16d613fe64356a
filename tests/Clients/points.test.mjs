import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, ids, randomFrom, withCollection } from './server.mjs';

const count = 10_000;
const dimension = 32;
const seed = 7;

function makePoints() {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, id) => ({
    id,
    vector: Array.from({ length: dimension }, () => Math.fround(random() * 2 - 1)),
    payload: { n: id, group: `g${id % 10}`, even: id % 2 === 0, at: new Date(Date.UTC(2024, 0, 1, 0, id)).toISOString() },
  }));
}

const distance = (a, b) => Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0));

test('10,000 points are written, searched with filters, scrolled and deleted', () =>
  withCollection({ vectors: { size: dimension, distance: 'Euclid' }, shard_number: 4 }, async (name) => {
    const points = makePoints();
    for (let start = 0; start < count; start += 1_000) {
      const result = await client.upsert(name, { wait: true, points: points.slice(start, start + 1_000) });
      assert.equal(result.status, 'completed');
    }
    assert.equal((await client.count(name, { exact: true })).count, count);
    await client.createPayloadIndex(name, { field_name: 'group', field_schema: 'keyword', wait: true });

    const query = Array.from({ length: dimension }, () => 0.1);
    const nearest = (keep) => points.filter(keep)
      .map((point) => ({ id: point.id, distance: distance(point.vector, query) }))
      .sort((a, b) => a.distance - b.distance).slice(0, 10);

    const exact = await client.search(name, { vector: query, limit: 10, params: { exact: true }, with_payload: true });
    const expected = nearest(() => true);
    assert.deepEqual(ids(exact), ids(expected));
    exact.forEach((hit, i) => assert.ok(Math.abs(hit.score - expected[i].distance) < 1e-4));
    assert.equal(exact[0].payload.n, exact[0].id);

    const approximate = await client.query(name, { query, limit: 10, params: { hnsw_ef: 256 } });
    const found = ids(approximate.points).filter((id) => ids(expected).includes(id)).length;
    assert.ok(found >= 9, `found ${found} of the 10 nearest; seed ${seed}`);

    const filtered = await client.query(name, {
      query,
      limit: 10,
      params: { exact: true },
      filter: {
        must: [{ key: 'group', match: { any: ['g3', 'g4'] } }, { key: 'n', range: { gte: 2_000, lt: 9_000 } }],
        must_not: [{ key: 'even', match: { value: true } }],
      },
    });
    assert.deepEqual(ids(filtered.points), ids(nearest(({ payload: p }) => p.group === 'g3' && p.n >= 2_000 && p.n < 9_000)));

    const rare = await client.search(name, { vector: query, limit: 10, filter: { must: [{ has_id: [5, 6, 7, 123456] }] } });
    assert.deepEqual(ids(rare).sort(), [5, 6, 7], 'a filtered search is never short');

    const recent = await client.count(name, { filter: { must: [{ key: 'at', range: { gte: '2024-01-07T00:00:00Z' } }] } });
    assert.equal(recent.count, count - 6 * 24 * 60);

    const met = [];
    let offset = undefined;
    do {
      const page = await client.scroll(name, { limit: 777, offset, filter: { must: [{ key: 'group', match: { value: 'g1' } }] } });
      met.push(...ids(page.points));
      offset = page.next_page_offset;
    } while (offset !== null);
    assert.deepEqual(met, points.filter((point) => point.id % 10 === 1).map((point) => point.id));

    await client.delete(name, { wait: true, points: [0, 1, 2] });
    await client.delete(name, { wait: true, filter: { must: [{ key: 'group', match: { value: 'g9' } }] } });
    assert.equal((await client.count(name)).count, count - 3 - 1_000);
    const after = await client.search(name, { vector: points[9].vector, limit: 1, with_payload: ['group'] });
    assert.notEqual(after[0].payload.group, 'g9');
  }));

test('points are read by id, in any of the forms of an id', () => withCollection({ vectors: { size: 2, distance: 'Dot' } }, async (name) => {
  const uuid = '550e8400-e29b-41d4-a716-446655440000';
  await client.upsert(name, {
    wait: true,
    batch: { ids: [1, uuid, 'a/b c'], vectors: [[1, 2], [3, 4], [5, 6]], payloads: [{ a: { b: 1, c: 2 } }, { x: 'ä😀' }, null] },
  });
  const points = await client.retrieve(name, { ids: ['a/b c', 99, uuid, 1], with_vector: true, with_payload: true });
  assert.deepEqual(ids(points), ['a/b c', uuid, 1]);
  assert.deepEqual(points[1].vector, [3, 4]);
  assert.deepEqual(points[1].payload, { x: 'ä😀' });
  const [included] = await client.retrieve(name, { ids: [1], with_payload: { include: ['a.b'] } });
  assert.deepEqual(included.payload, { a: { b: 1 } });
  const [excluded] = await client.retrieve(name, { ids: [1], with_payload: { exclude: ['a.b'] } });
  assert.deepEqual(excluded.payload, { a: { c: 2 } });
}));

test('payloads are set, overwritten, deleted and cleared', () => withCollection({ vectors: { size: 2, distance: 'Dot' } }, async (name) => {
  const payload = async (id) => (await client.retrieve(name, { ids: [id] }))[0].payload;
  await client.upsert(name, { wait: true, points: [{ id: 1, vector: [1, 2], payload: { a: 1, b: { c: 2 } } }, { id: 2, vector: [3, 4] }] });

  await client.setPayload(name, { wait: true, payload: { d: 3 }, points: [1] });
  assert.deepEqual(await payload(1), { a: 1, b: { c: 2 }, d: 3 });
  await client.setPayload(name, { wait: true, payload: { e: 4 }, key: 'b', points: [1] });
  assert.deepEqual(await payload(1), { a: 1, b: { c: 2, e: 4 }, d: 3 });
  await client.deletePayload(name, { wait: true, keys: ['a', 'b.c'], points: [1] });
  assert.deepEqual(await payload(1), { b: { e: 4 }, d: 3 });
  await client.overwritePayload(name, { wait: true, payload: { z: 9 }, filter: { must: [{ has_id: [1, 2] }] } });
  assert.deepEqual(await payload(2), { z: 9 });
  await client.clearPayload(name, { wait: true, points: [1] });
  assert.deepEqual(await payload(1), {});
  await assert.rejects(client.setPayload(name, { wait: true, payload: { a: 1 }, points: [77] }), { status: 404 });
}));

test('a batch of updates runs in order', () => withCollection({ vectors: { size: 2, distance: 'Dot' } }, async (name) => {
  const results = await client.batchUpdate(name, {
    wait: true,
    operations: [
      { upsert: { points: [{ id: 1, vector: [1, 2], payload: { a: 1 } }, { id: 2, vector: [3, 4] }, { id: 3, vector: [5, 6] }] } },
      { set_payload: { payload: { b: 2 }, points: [1] } },
      { overwrite_payload: { payload: { c: 3 }, points: [2] } },
      { delete_payload: { keys: ['a'], points: [1] } },
      { clear_payload: { points: [2] } },
      { delete: { points: [3] } },
    ],
  });
  assert.deepEqual(results.map((result) => result.status), Array(6).fill('completed'));
  const { points } = await client.scroll(name, {});
  assert.deepEqual(points.map(({ id, payload }) => ({ id, payload })), [{ id: 1, payload: { b: 2 } }, { id: 2, payload: {} }]);
}));

test('searches come in batches, by examples and with thresholds', () => withCollection({ vectors: { size: 2, distance: 'Cosine' } }, async (name) => {
  await client.upsert(name, {
    wait: true,
    points: [[1, 0], [1, 1], [0, 1], [-1, 0]].map((vector, id) => ({ id, vector })),
  });
  const [right, up] = await client.searchBatch(name, { searches: [{ vector: [1, 0], limit: 1 }, { vector: [0, 1], limit: 2 }] });
  assert.deepEqual(ids(right), [0]);
  assert.deepEqual(ids(up), [2, 1]);
  assert.ok(Math.abs(up[1].score - Math.SQRT1_2) < 1e-5);

  const [first, second] = await client.queryBatch(name, { searches: [{ query: 0, limit: 1 }, { query: { nearest: [0, 1] }, limit: 1 }] });
  assert.deepEqual(ids(first.points), [1]);
  assert.deepEqual(ids(second.points), [2]);

  assert.deepEqual(ids(await client.recommend(name, { positive: [0], negative: [3], limit: 1 })), [1]);
  const recommended = await client.query(name, { query: { recommend: { positive: [0, 1], strategy: 'average_vector' } }, limit: 1 });
  assert.deepEqual(ids(recommended.points), [2]);

  assert.deepEqual(ids(await client.search(name, { vector: [1, 0], limit: 10, score_threshold: 0.5 })), [0, 1]);
  assert.deepEqual(ids(await client.search(name, { vector: [1, 0], limit: 2, offset: 1 })), [1, 2]);
}));

test('a shard key keeps tenants apart', () => withCollection({ vectors: { size: 2, distance: 'Dot' } }, async (name) => {
  await client.upsert(name, { wait: true, shard_key: 'ann', points: [{ id: 1, vector: [1, 0], payload: { of: 'ann' } }] });
  await client.upsert(name, { wait: true, shard_key: 'bob', points: [{ id: 1, vector: [1, 0], payload: { of: 'bob' } }] });
  const hits = await client.search(name, { vector: [1, 0], limit: 10, shard_key: 'bob', with_payload: true });
  assert.deepEqual(hits.map((hit) => [hit.payload.of, hit.shard_key]), [['bob', 'bob']]);
}));

test('errors tell what was wrong, where, and whether to retry', () => withCollection({ vectors: { size: 2, distance: 'Dot' } }, async (name) => {
  const refused = async (promise) => {
    const error = await promise.then(() => assert.fail('It was accepted.'), (reason) => reason);
    return { http: error.status, ...error.data.status };
  };
  const wrong = await refused(client.upsert(name, { wait: true, points: [{ id: 1, vector: [1, 2] }, { id: 2, vector: [1, 2, 3] }] }));
  assert.equal(wrong.http, 400);
  assert.equal(wrong.code, 'wrong_dimension');
  assert.equal(wrong.path, '$.points[1].vector');
  assert.equal(wrong.retry_safe, false);
  assert.equal((await client.count(name)).count, 0, 'nothing of a refused request is written');

  const typo = await refused(client.scroll(name, { filter: { must: [{ key: 'a', mach: { value: 1 } }] } }));
  assert.deepEqual([typo.http, typo.code, typo.path], [400, 'unknown_field', '$.filter.must[0].mach']);
  const fusion = await refused(client.query(name, { prefetch: [{ query: [1, 2] }], query: { fusion: 'rrf' } }));
  assert.deepEqual([fusion.http, fusion.code], [400, 'unsupported']);
  const missing = await refused(client.search(`${name}-missing`, { vector: [1, 2], limit: 1 }));
  assert.deepEqual([missing.http, missing.code], [404, 'collection_not_found']);
  const example = await refused(client.query(name, { query: 12345 }));
  assert.deepEqual([example.http, example.code], [404, 'point_not_found']);
}));
