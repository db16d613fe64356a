// Everything that a dashboard shows, made to happen.
const tenants = ['', 'acme', 'globex', 'initech'];
const dimension = 64;

const vector = () => Array.from({ length: dimension }, () => Math.random() - 0.5);
const points = (count) => Array.from({ length: count },
  (_, i) => ({ id: i, vector: vector(), payload: { even: i % 2 === 0 } }));

/** Requests to silos, in turns. @param key of an admin, where there are keys. */
export function createLoad({ silos, key, isCluster }) {
  let turn = 0;
  let rounds = 0;
  let checkpoints;

  /** @param expected the status that it must be answered with. */
  async function ask(expected, method, path, body) {
    const { address } = silos[turn++ % silos.length];
    const response = await fetch(`http://${address}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(key && { 'api-key': key }) },
      body: body && JSON.stringify(body),
    });
    const answer = await response.json();
    if (response.status !== expected)
      throw new Error(`${method} ${path} was answered with ${response.status}: ${JSON.stringify(answer)}`);
    return answer.result;
  }

  /** Enough for a checkpoint, once the one before was saved: it waits until nobody writes to the shard. */
  async function fillArchive() {
    const text = await (await fetch(`http://${silos[0].address}/metrics`)).text();
    const [, saved] = /^vector_checkpoints_total (\d+)$/m.exec(text);
    if (saved === checkpoints) return;
    checkpoints = saved;
    await ask(200, 'PUT', '/collections/archive/points', { points: points(500) });
  }

  async function moveSomeShard() {
    const { shards } = await ask(200, 'GET', '/v1/cluster/shards');
    const { silos: members } = await ask(200, 'GET', '/v1/cluster');
    const { collection, namespace, shard, silo } = shards[turn % shards.length];
    const to = members.find(({ name }) => name !== silo).name;
    await ask(200, 'POST', '/v1/cluster/moves', { collection, namespace, shard, to });
  }

  const create = (name, shards) => ask(200, 'PUT', `/collections/${name}`,
    { vectors: { size: dimension, distance: 'Cosine' }, shard_number: shards });

  return {
    async begin() {
      await create('docs', 2);
      await create('archive', 1);
    },

    /** A little of all. */
    async round() {
      for (const tenant of [...tenants, `newcomer-${++rounds}`]) {
        const space = tenant && { shard_key: tenant };
        const at = '/collections/docs/points';
        await ask(200, 'PUT', at, { ...space, points: points(200) });
        const filter = { must: [{ key: 'even', match: { value: true } }] };
        await ask(200, 'POST', `${at}/query`, { ...space, query: vector(), limit: 3 });
        await ask(200, 'POST', `${at}/query`, { ...space, query: vector(), limit: 3, filter });
        await ask(400, 'POST', `${at}/query`, { ...space, query: [1], limit: 3 });
        await ask(400, 'PUT', at, { ...space, points: [{ id: 1, vector: [1] }] });
      }
      await (isCluster ? moveSomeShard() : fillArchive()); // a move saves a checkpoint too
    },
  };
}
