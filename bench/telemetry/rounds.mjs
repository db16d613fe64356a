// Searches two silos in turns. Usage: rounds.mjs ROUNDS LOUD_URL LOUD_PROCESS SILENT_URL SILENT_PROCESS COLLECTOR_URL
import { readFileSync } from 'node:fs';
import { Agent, get, request } from 'node:http';

const [rounds, loudUrl, loudProcess, silentUrl, silentProcess, collector] = process.argv.slice(2);
const connections = 8;
const slices = 6;
const sliceMilliseconds = 500;
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

/** Asks for a moment, over several connections, each as soon as it was answered. */
async function ask(url, id) {
  let count = 0;
  const [began, cpu] = [performance.now(), cpuOf(id)];
  const until = began + sliceMilliseconds;
  await Promise.all(Array.from({ length: connections }, async (_, first) => {
    for (let i = first; performance.now() < until; i++, count++) await search(url, bodies[i % bodies.length]);
  }));
  return { count, seconds: (performance.now() - began) / 1_000, cpu: cpuOf(id) - cpu };
}

const sum = (all, key) => all.reduce((total, one) => total + one[key], 0);
const rateOf = (all) => sum(all, 'count') / sum(all, 'seconds');
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Asks the two in turns of half a second, so that what changes with time, on a machine with neighbours, changes for
 * both. */
async function runRound() {
  const [loud, silent] = [[], []];
  const scrape = read(`${loudUrl}/metrics`);
  for (let slice = 0; slice < slices; slice++) {
    if (slice % 2) silent.push(await ask(silentUrl, silentProcess));
    loud.push(await ask(loudUrl, loudProcess));
    if (!(slice % 2)) silent.push(await ask(silentUrl, silentProcess));
  }
  await scrape;
  return { loud, silent };
}

for (let round = 0; round < 4; round++) await runRound(); // until both are compiled
const ratios = [];
const cpuRatios = [];
for (let round = 1; round <= Number(rounds); round++) {
  const { loud, silent } = await runRound();
  ratios.push(rateOf(loud) / rateOf(silent));
  cpuRatios.push(sum(loud, 'cpu') / sum(loud, 'count') / (sum(silent, 'cpu') / sum(silent, 'count')));
  console.log(`round ${round}: ${rateOf(loud).toFixed(0)} searches/s with telemetry, ${rateOf(silent).toFixed(0)}`
    + ` without: ${ratios.at(-1).toFixed(3)}; of a core ${(sum(loud, 'cpu') / sum(loud, 'seconds')).toFixed(2)} and`
    + ` ${(sum(silent, 'cpu') / sum(silent, 'seconds')).toFixed(2)}`);
}
console.log(`sent by OTLP, in requests: ${await read(collector)}`);
const cost = 100 * (1 - median(ratios));
console.log(`telemetry costs ${cost.toFixed(1)} % of throughput (median of ${rounds} ratios), and takes`
  + ` ${(100 * (median(cpuRatios) - 1)).toFixed(1)} % more CPU for a search`);
process.exit(cost > mostPercent ? 1 : 0);
