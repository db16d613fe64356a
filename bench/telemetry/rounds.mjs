// Searches silos in turns. Usage: rounds.mjs ROUNDS COLLECTOR_URL KIND=URL=PROCESS...
// Of each KIND, loud or silent, there are several: two processes of one kind differ by some percent for as long as they
// live, by what was compiled how and by where memory lies.
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { Connection, searchRequest } from './connection.mjs';

const [rounds, collector, ...kinds] = process.argv.slice(2);
const connections = 8;
const sliceMilliseconds = 250;
const warmUpSearches = 80_000; // until then the runtime is still compiling, of one kind more than of the other
const mostPercent = 3;
const dimension = 100;
const ticksPerSecond = 100; // of /proc, on every Linux

const requests = Array.from({ length: 1_000 }, () => searchRequest('points',
  Array.from({ length: dimension }, () => Number((Math.random() - 0.5).toFixed(4)))));
const silos = kinds.map((text) => {
  const [kind, url, id] = text.split('=');
  return { kind, url, id, total: nothing(), pool: Array.from({ length: connections }, () => new Connection(url)) };
});
const loud = silos.filter(({ kind }) => kind === 'loud');
const silent = silos.filter(({ kind }) => kind === 'silent');

function nothing() {
  return { count: 0, seconds: 0, cpu: 0 };
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
async function ask({ id, pool }) {
  let count = 0;
  const [began, cpu] = [performance.now(), cpuOf(id)];
  const until = began + sliceMilliseconds;
  await Promise.all(pool.map(async (connection, first) => {
    for (let i = first; performance.now() < until; i++, count++) await connection.send(requests[i % requests.length]);
  }));
  return { count, seconds: (performance.now() - began) / 1_000, cpu: cpuOf(id) - cpu };
}

const add = (total, one) => { for (const key of Object.keys(total)) total[key] += one[key]; };
const rateOf = ({ count, seconds }) => count / seconds;
const mean = (values) => values.reduce((total, value) => total + value, 0) / values.length;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const errorOfMean = (values) => Math.sqrt(
  mean(values.map((value) => (value - mean(values)) ** 2)) / Math.max(1, values.length - 1));
const percent = (share) => (100 * share).toFixed(1);

function shuffled(values) {
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const other = Math.floor(Math.random() * (i + 1));
    [result[i], result[other]] = [result[other], result[i]];
  }
  return result;
}

/** Asks all in one order and then in the other, so that what changes with time, on a machine with neighbours, changes
 * for all. */
async function runRound() {
  const of = new Map(silos.map((silo) => [silo, nothing()]));
  const order = shuffled(silos);
  const scraped = order.find(({ kind }) => kind === 'loud'); // oftener than it is in use
  for (const [turn, silo] of [...order, ...[...order].reverse()].entries()) {
    const scrape = silo === scraped && turn < order.length ? read(`${silo.url}/metrics`) : null;
    add(of.get(silo), await ask(silo));
    await scrape;
  }
  return of;
}

for (let done = 0; done < silos.length * warmUpSearches;)
  for (const one of (await runRound()).values()) done += one.count;
const ratios = [];
for (let round = 1; round <= Number(rounds); round++) {
  const of = await runRound();
  for (const [silo, one] of of) add(silo.total, one);
  const [told, untold] = [loud, silent].map((some) => mean(some.map((silo) => rateOf(of.get(silo)))));
  ratios.push(told / untold);
  console.log(`round ${round}: ${told.toFixed(0)} searches/s with telemetry, ${untold.toFixed(0)} without:`
    + ` ${ratios.at(-1).toFixed(3)}`);
}

for (const { kind, total } of silos)
  console.log(`${kind}: ${rateOf(total).toFixed(0)} searches/s, ${(1e6 * total.cpu / total.count).toFixed(1)} µs of CPU`
    + ` each, of a core ${(total.cpu / total.seconds).toFixed(2)}`);
console.log(`sent by OTLP, in requests: ${await read(collector)}`);
const [rates, cpus] = [({ total }) => rateOf(total), ({ total }) => total.cpu / total.count]
  .map((measure) => [loud, silent].map((some) => some.map(measure)));
const errorOf = (sides) => Math.hypot(...sides.map((values) => errorOfMean(values) / mean(values)));
const cost = 1 - median(ratios);
console.log(`telemetry costs ${percent(cost)} % of throughput (median of ${rounds} ratios), and takes`
  + ` ${percent(mean(cpus[0]) / mean(cpus[1]) - 1)} % more CPU for a search; as silos of one kind differ,`
  + ` that is within ${percent(errorOf(rates))} % and ${percent(errorOf(cpus))} % (standard errors)`);
process.exit(100 * cost > mostPercent ? 1 : 0);
