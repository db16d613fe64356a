// Real silos, as the chart starts them, and a real Prometheus that scrapes them as the chart has it do. Without
// Orleans: one server, and what only a cluster tells is not looked at.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { createLoad } from './load.mjs';
import { eventually, freePorts, start } from './processes.mjs';
import { alerts, dashboards, panelsOf, rulesFile, skipPrometheus } from './prometheus.mjs';
import { skipServer, skipSilos, startCluster, startServer } from './silos.mjs';

/** Metrics that a server without a cluster and without PostgreSQL does not have. */
const ofClusters = /vector_(silo|move|backend)/;

const variables = { job: 'vectorcluster', service: '.*', instance: '.*', __rate_interval: '1m', __range: '1m' };
const filledIn = (expression) => expression.replace(/\$(\w+)/g, (_, name) => variables[name]);

/** A Prometheus that scrapes as the job says and knows the alerts. */
async function startPrometheus(context, job) {
  const folder = mkdtempSync(join(tmpdir(), 'vectorcluster-prometheus-'));
  const [port] = await freePorts(1);
  writeFileSync(join(folder, 'prometheus.yml'), stringify({
    global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '2s' },
    rule_files: [rulesFile],
    scrape_configs: [job],
  }));
  const program = start('prometheus', [`--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`]);
  context.after(async () => {
    await program.end();
    rmSync(folder, { recursive: true, force: true });
  });

  async function get(path, parameters = {}) {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { status, data, error } = await response.json();
    if (status !== 'success') throw new Error(`${JSON.stringify(parameters)}: ${error}`);
    return data;
  }

  await eventually('Prometheus', () => get('status/runtimeinfo'), () => program.hasEnded)
    .catch((error) => { throw new Error(`${error.message}\n${program.output}`); });
  return { get, query: async (query) => (await get('query', { query })).result };
}

/** Whether the answer to an instant query has a number in it. */
const hasData = (result) => result.some(({ value: [, text] }) => Number.isFinite(Number(text)));

const queries = Object.entries(dashboards).flatMap(([file, dashboard]) => panelsOf(dashboard)
  .flatMap(({ title, targets }) => targets.map(({ expr }) => ({ file, title, expr: filledIn(expr) }))));

const selectors = Object.entries(dashboards).flatMap(([file, { templating }]) => templating.list
  .filter(({ type }) => type === 'query')
  .map(({ name, query }) => [file, name, ...filledIn(query).match(/^label_values\((.*), (\w+)\)$/).slice(1)]));

/** Metrics that an alert asks for. */
const metricsOf = ({ expr }) =>
  [...expr.matchAll(/\b(?:up|(?:vector|process|dotnet|http)_\w+)\b/g)].map(([name]) => name);

async function testProbes(context, { container, silos }) {
  for (const kind of ['startupProbe', 'readinessProbe', 'livenessProbe'])
    await context.test(`served: silos pass the chart's ${kind}`, async () => {
      for (const silo of silos) assert.equal(await silo.passes(container[kind]), 200);
    });
}

// Goal: what is asked for is what servers tell. Method: everything happens again and again until all panels have data.
async function testWatching(context, served) {
  const isThere = (expression) => served.isCluster || !ofClusters.test(expression);
  const prometheus = await startPrometheus(context, served.job);
  const thereIs = async (selector) => ((await prometheus.query(selector)).length > 0 ? true : undefined);
  const load = createLoad(served);
  await load.begin();
  let missing = queries.filter(({ expr }) => isThere(expr));
  await eventually('data for every panel', async () => {
    await load.round();
    const answers = await Promise.all(missing.map(({ expr }) => prometheus.query(expr)));
    missing = missing.filter((_, i) => !hasData(answers[i]));
    return missing.length === 0 ? true : undefined;
  }).catch((error) => { context.diagnostic(error.message); });

  for (const file of Object.keys(dashboards))
    await context.test(`served: every panel of ${file} has data`, () => {
      assert.deepEqual(missing.filter((query) => query.file === file), []);
    });

  await context.test('served: every variable of the dashboards has a value', async () => {
    for (const [file, name, selector, label] of selectors) {
      const series = await prometheus.get('series', { 'match[]': selector });
      assert.ok(series.some((one) => one[label]), `${file}: ${name}`);
    }
  });

  await context.test('served: every alert is evaluated, over metrics that there are', async () => {
    const rules = await eventually('evaluation', async () => {
      const { groups } = await prometheus.get('rules');
      const all = groups.flatMap((group) => group.rules);
      return all.every(({ health }) => health !== 'unknown') ? all : undefined;
    });
    assert.deepEqual(rules.map(({ name }) => name).sort(), alerts.map(({ alert }) => alert).sort());
    for (const { name, health, lastError } of rules) assert.equal(health, 'ok', `${name}: ${lastError}`);
    for (const alert of alerts.filter(({ expr }) => isThere(expr)))
      for (const metric of metricsOf(alert)) await eventually(`${metric} of ${alert.alert}`, () => thereIs(metric));
  });

  // Goal: nothing that Prometheus adds to a target takes the place of what a metric says.
  await context.test('served: labels of metrics stay what they are', async () => {
    await eventually('a tenant', () => thereIs('vector_count_per_namespace{collection="docs", namespace="acme"}'));
    await eventually('an endpoint', () => thereIs('http_requests_total{endpoint="/metrics"}'));
  });
}

const nothing = skipSilos && (skipPrometheus || skipServer);

test('served: silos start as the chart says, and tell what is watched', { skip: nothing }, async (context) => {
  if (skipSilos) await context.test('served: silos as the chart starts them', { skip: skipSilos }, () => {});
  const served = skipSilos ? await startServer(context) : await startCluster(context);
  if (served.isCluster) await testProbes(context, served);
  if (skipPrometheus) await context.test('served: panels and alerts', { skip: skipPrometheus }, () => {});
  else await testWatching(context, served);
  if (served.isCluster) await context.test('served: a silo ends well when Kubernetes says so', async () => {
    assert.equal(await served.silos[1].program.end('SIGTERM'), 0);
  });
});
