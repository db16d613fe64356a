// Searches two silos in turns. Usage: rounds.mjs ROUNDS LOUD_URL LOUD_PROCESS SILENT_URL SILENT_PROCESS COLLECTOR_URL
import { readFileSync } from 'node:fs';
import { Agent, get, request } from 'node:http';

const [rounds, loudUrl, loudProcess, silentUrl, silentProcess, collector] = process.argv.slice(2);
const connections = 8;
const milliseconds = 3_000;
const mostPercent = 3;
const dimension = 100;
const ticksPerSecond = 100; // of /proc, on every Linux

const bodies = Array.from({ length: 1_000 }, () => JSON.stringify({
  query: Array.from({ length: dimension }, () => Number((Math.random() - 0.5).toFixed(4))), limit: 10,
}));
const agent = new Agent({ keepAlive: true, maxSockets: connections });

function search(url, body) {
  return new Promise((resolve, reject) => {
    const call = request(`${url}/collections/points/points/query`, {
      agent, method: 'POST', headers: { 'content-type': 'application/json', 'content-length': body.length },
    }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      response.resume().on('end', resolve);
    });
    call.on('error', reject).end(body);
  });
}

const read = (url) => new Promise((resolve, reject) => {
  get(url, (response) => {
    let text = '';
    response.on('data', (part) => { text += part; }).on('end', () => resolve(text));
  }).on('error', reject);
});

/** Seconds of CPU that a process has taken. */
function cpuOf(id) {
  const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Asks for a while, over several connections, each as soon as it was answered. */
async function measure(url, id, isScraped) {
  let count = 0;
  const [began, cpu] = [performance.now(), cpuOf(id)];
  const until = began + milliseconds;
  const scrape = isScraped && read(`${url}/metrics`);
  await Promise.all(Array.from({ length: connections }, async (_, first) => {
    for (let i = first; performance.now() < until; i++, count++) await search(url, bodies[i % bodies.length]);
  }));
  await scrape;
  const seconds = (performance.now() - began) / 1_000;
  const spent = cpuOf(id) - cpu;
  return { rate: count / seconds, cpu: spent / count, load: spent / seconds };
}

const loud = () => measure(loudUrl, loudProcess, true);
const silent = () => measure(silentUrl, silentProcess, false);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

for (const warmUp of [loud, silent, loud, silent]) await warmUp();
const ratios = [];
const cpuRatios = [];
for (let round = 1; round <= Number(rounds); round++) {
  // First the one, then the other: what changes with time favours neither.
  const [first, second] = round % 2 ? [await loud(), await silent()] : [await silent(), await loud()].reverse();
  ratios.push(first.rate / second.rate);
  cpuRatios.push(first.cpu / second.cpu);
  console.log(`round ${round}: ${first.rate.toFixed(0)} searches/s with telemetry, ${second.rate.toFixed(0)} without:`
    + ` ${ratios.at(-1).toFixed(3)}; of a core ${first.load.toFixed(2)} and ${second.load.toFixed(2)}`);
}
console.log(`sent by OTLP, in requests: ${await read(collector)}`);
const cost = 100 * (1 - median(ratios));
console.log(`telemetry costs ${cost.toFixed(1)} % of throughput (median of ${rounds} ratios), and takes`
  + ` ${(100 * (median(cpuRatios) - 1)).toFixed(1)} % more CPU for a search`);
process.exit(cost > mostPercent ? 1 : 0);
