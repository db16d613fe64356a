import { QdrantClient } from '@qdrant/js-client-rest';

const url = process.env.VECTORCLUSTER_URL;
if (!url) throw new Error('Set VECTORCLUSTER_URL to the address of a running server, such as http://localhost:6333.');

/** The official client, as an application would make it; its version check stays on. */
export const client = new QdrantClient({ url, apiKey: process.env.VECTORCLUSTER_API_KEY });

/** Runs a test in a collection of its own, which is deleted afterwards. */
export async function withCollection(config, test) {
  const name = `clients-${process.pid}-${++withCollection.count}`;
  await client.createCollection(name, config);
  try {
    return await test(name);
  } finally {
    await client.deleteCollection(name);
  }
}
withCollection.count = 0;

/** Pseudo-random numbers from 0 to 1, the same on every run (mulberry32). */
export function randomFrom(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const ids = (points) => points.map((point) => point.id);
