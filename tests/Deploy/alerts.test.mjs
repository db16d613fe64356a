import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { readText } from './chart.mjs';
import { alerts, promtool, rulesFile, skipPrometheus } from './prometheus.mjs';

const guide = 'docs/guides/alerts.md';

/** Series of one cluster, as promtool takes them: [metric, labels, values by the minute]. */
const series = (cluster, list) => list.map(([metric, labels, values]) => ({
  series: `${metric}{${Object.entries({ job: 'vectorcluster', service: cluster, instance: cluster, ...labels })
    .map(([name, value]) => `${name}="${value}"`).join(', ')}}`,
  values,
}));

/** A histogram of which one half is above the bound `low`, or nothing. */
const histogram = (metric, low, high, isHigh) => [
  [`${metric}_bucket`, { le: low }, isHigh ? '0+50x90' : '0+100x90'],
  [`${metric}_bucket`, { le: high }, '0+100x90'],
  [`${metric}_bucket`, { le: '+Inf' }, '0+100x90'],
];

const requests = (status, endpoint, values) => ['http_requests_total', { status, endpoint }, values];
const silos = (instance, state, values) => ['vector_silos', { instance, state }, values];

/** For each alert two clusters over the same time, of which it must name the first only, and when it does. */
const cases = {
  VectorClusterSiloDown: { at: 3, bad: [['up', {}, '0x9']], good: [['up', {}, '1x9']] },
  VectorClusterSiloRestarts: {
    at: 25,
    bad: [['process_start_time_seconds', {}, '100x7 700x7 1300x7 1900x7']],
    good: [['process_start_time_seconds', {}, '100x7 700x7 1300x14']],
  },
  VectorClusterMembershipDiffers: {
    at: 6,
    bad: [silos('a', 'serving', '2x9'), silos('a', 'draining', '1x9'), silos('b', 'serving', '2x9')],
    good: [silos('a', 'serving', '2x9'), silos('a', 'draining', '1x9'), silos('b', 'serving', '3x9')],
  },
  VectorClusterDrainHangs: {
    at: 31, bad: [silos('a', 'draining', '1x40')], good: [silos('a', 'draining', '1x20 0x20')],
  },
  VectorClusterThreadPoolStarves: {
    at: 9,
    bad: [['dotnet_threadpool_queue_length', {}, '500x9']],
    good: [['dotnet_threadpool_queue_length', {}, '500x5 0 500x9']],
  },
  VectorClusterRequestsFail: {
    at: 9,
    bad: [requests(200, '/collections', '0+98x9'), requests(503, '/collections', '0+2x9')],
    good: [
      requests(200, '/collections', '0+995x9'), requests(500, '/collections', '0+5x9'),
      requests(503, '/readyz', '0+1000x9'), requests(400, '/collections', '0+1000x9'),
    ],
  },
  VectorClusterOverloaded: {
    at: 12,
    bad: [['vector_query_total', {}, '0+100x20'], ['vector_query_errors_total', { code: 'overloaded' }, '0+2x20']],
    good: [
      ['vector_query_total', {}, '0+1000x20'],
      ['vector_query_errors_total', { code: 'overloaded' }, '0+5x20'],
      ['vector_query_errors_total', { code: 'wrong_type' }, '0+500x20'],
    ],
  },
  VectorClusterSearchesSlow: {
    at: 12,
    bad: histogram('vector_query_duration_seconds', 1, 2.5, true),
    good: histogram('vector_query_duration_seconds', 1, 2.5, false),
  },
  VectorClusterShardsDamaged: {
    at: 1, bad: [['vector_silo_damaged_shards', {}, '1x9']], good: [['vector_silo_damaged_shards', {}, '0x9']],
  },
  VectorClusterWritesUnconfirmed: {
    at: 10, bad: [['vector_wal_failures_total', {}, '0x5 1x9']], good: [['vector_wal_failures_total', {}, '3x14']],
  },
  VectorClusterCommitsSlow: {
    at: 12,
    bad: histogram('vector_wal_commit_duration_seconds', 0.5, 1, true),
    good: histogram('vector_wal_commit_duration_seconds', 0.5, 1, false),
  },
  VectorClusterCheckpointsFail: {
    at: 35,
    bad: [['vector_checkpoint_failures_total', {}, '0+1x40']],
    good: [['vector_checkpoint_failures_total', {}, '0x5 1x35']],
  },
  VectorClusterCheckpointsMissing: {
    at: 61,
    bad: [['vector_wal_bytes_total', {}, '0+50000000x70'], ['vector_checkpoints_total', {}, '3x70']],
    good: [['vector_wal_bytes_total', {}, '0+50000000x70'], ['vector_checkpoints_total', {}, '3x40 4x30']],
  },
  VectorClusterShardsOpenSlowly: {
    at: 12,
    bad: histogram('vector_shard_open_duration_seconds', 10, 30, true),
    good: histogram('vector_shard_open_duration_seconds', 10, 30, false),
  },
  VectorClusterMemoryShort: {
    at: 16,
    bad: [['vector_silo_memory_bytes', {}, '95x20'], ['vector_silo_memory_budget_bytes', {}, '100x20']],
    good: [['vector_silo_memory_bytes', {}, '85x20'], ['vector_silo_memory_budget_bytes', {}, '100x20']],
  },
  VectorClusterMovesFail: {
    at: 31,
    bad: [['vector_moves_total', { outcome: 'failed' }, '0+1x40']],
    good: [
      ['vector_moves_total', { outcome: 'failed' }, '0x20 2x20'],
      ['vector_moves_total', { outcome: 'done' }, '0+9x40'],
    ],
  },
  VectorClusterMovesSlow: {
    at: 31,
    bad: histogram('vector_move_switch_duration_seconds', 2.5, 5, true),
    good: histogram('vector_move_switch_duration_seconds', 0.5, 1, false),
  },
};

const firing = (alert) => `count by (service) (ALERTS{alertname="${alert}", alertstate="firing"})`;
const minutesOf = (span = '0m') => Number(/^(\d+)m$/.exec(span)[1]);

/** The case of an alert, for promtool: it fires for the bad cluster alone, and not before its time. */
const testOf = ({ alert, for: wait }) => ({
  name: alert,
  interval: '1m',
  input_series: [...series('bad', cases[alert].bad), ...series('good', cases[alert].good)],
  promql_expr_test: [
    ...(wait ? [{ expr: firing(alert), eval_time: `${minutesOf(wait) - 1}m`, exp_samples: [] }] : []),
    { expr: firing(alert), eval_time: `${cases[alert].at}m`, exp_samples: [{ labels: '{service="bad"}', value: 1 }] },
  ],
});

const absence = (values, firings) => ({
  name: 'VectorClusterNotScraped',
  interval: '1m',
  input_series: values ? series('good', [['up', {}, values]]) : series('other', [['up', { job: 'other' }, '1x20']]),
  promql_expr_test: [
    { expr: firing('VectorClusterNotScraped'), eval_time: '4m', exp_samples: [] },
    { expr: firing('VectorClusterNotScraped'), eval_time: '6m', exp_samples: firings },
  ],
});

test('alerts: the rules are rules', { skip: skipPrometheus }, () => {
  const { ok, text } = promtool('check', 'rules', rulesFile);
  assert.ok(ok, text);
});

test('alerts: each fires for what it is for, and for nothing else', { skip: skipPrometheus }, (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vectorcluster-alerts-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'tests.yml');
  const others = alerts.filter(({ alert }) => alert !== 'VectorClusterNotScraped');
  assert.deepEqual(others.map(({ alert }) => alert), Object.keys(cases));
  writeFileSync(file, stringify({
    rule_files: [rulesFile],
    evaluation_interval: '1m',
    tests: [...others.map(testOf), absence('0x20', []), absence(null, [{ labels: '{}', value: 1 }])],
  }));
  const { ok, text } = promtool('test', 'rules', file);
  assert.ok(ok, text);
});

test('alerts: each says how bad it is, what it is, and leads to its part of the guide', () => {
  const headings = [...readText(guide).matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
  assert.deepEqual(alerts.map(({ alert }) => alert).sort(), headings.sort());
  for (const { alert, labels, annotations } of alerts) {
    assert.ok(['critical', 'warning'].includes(labels.severity), alert);
    assert.deepEqual(Object.keys(annotations), ['summary', 'description', 'runbook_url'], alert);
    assert.ok(annotations.summary.length <= 100 && annotations.description.length > 30, alert);
    assert.equal(annotations.runbook_url, `${guide}#${alert.toLowerCase()}`);
  }
});
