import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboards, panelsOf } from './prometheus.mjs';

const types = ['stat', 'table', 'timeseries'];

/** Units of Grafana that the dashboards use. A unit that Grafana does not know is shown as text behind the number. */
const units = ['Bps', 'bytes', 'none', 'ops', 'percentunit', 'reqps', 's', 'short'];

const overlap = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

test('dashboards: there are four, each with a name and an id of its own', () => {
  assert.deepEqual(Object.keys(dashboards),
    ['overview.json', 'shards-and-moves.json', 'storage.json', 'tenants.json']);
  const all = Object.values(dashboards);
  for (const key of ['uid', 'title', 'description']) assert.equal(new Set(all.map((one) => one[key])).size, all.length);
});

for (const [file, dashboard] of Object.entries(dashboards)) {
  test(`dashboards: ${file} is what Grafana imports, for any data source`, () => {
    assert.ok(Number.isInteger(dashboard.schemaVersion) && dashboard.schemaVersion >= 36);
    assert.ok(!Object.hasOwn(dashboard, 'id'), "an id belongs to one Grafana's database");
    assert.match(dashboard.uid, /^[a-z-]{1,40}$/);
    const variables = dashboard.templating.list.map(({ name }) => name);
    assert.deepEqual(variables, ['datasource', 'job', 'service', 'instance']);
    assert.equal(dashboard.templating.list[0].type, 'datasource');
    const sources = [...JSON.stringify(dashboard).matchAll(/"uid":"([^"]*)"/g)].map(([, uid]) => uid).slice(1);
    assert.ok(sources.every((uid) => uid === '${datasource}'));
    const known = [...variables, '__rate_interval', '__range'];
    for (const [, name] of JSON.stringify(dashboard).matchAll(/\$\{?(\w+)/g))
      assert.ok(known.includes(name) || name === '__all', `$${name}`);
  });

  test(`dashboards: the panels of ${file} say what they show, and lie side by side`, () => {
    const all = dashboard.panels;
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
    for (const [i, { title, gridPos }] of all.entries()) {
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      for (const other of all.slice(i + 1)) assert.ok(!overlap(gridPos, other.gridPos), `${title} and ${other.title}`);
    }
    for (const panel of panelsOf(dashboard)) {
      assert.ok(types.includes(panel.type), `${panel.title}: ${panel.type}`);
      assert.ok(units.includes(panel.fieldConfig.defaults.unit), `${panel.title}: ${panel.fieldConfig.defaults.unit}`);
      assert.ok(panel.description.length > 20, `${panel.title} has no description`);
      assert.ok(panel.targets.length > 0, panel.title);
      for (const { expr, legendFormat } of panel.targets) {
        assert.ok(legendFormat, `${panel.title} has no legend`);
        assert.match(expr, /job="\$job", service=~"\$service", instance=~"\$instance"/, panel.title);
      }
    }
    assert.equal(new Set(panelsOf(dashboard).map(({ title }) => title)).size, panelsOf(dashboard).length);
  });
}
