// Prometheus and Grafana of the compose file: their files, and what the files say of each other.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { chart, readText, readYaml, root } from './chart.mjs';
import { promtool, skipPrometheus } from './prometheus.mjs';

const folder = join(root, 'deploy', 'docker');
const { services, volumes } = parse(readText('deploy', 'docker', 'docker-compose.yml'), { merge: true });
const watchers = { prometheus: services.prometheus, grafana: services.grafana };
const configuration = readYaml('deploy', 'prometheus', 'prometheus.yml');

/** What is mounted from the repository, by where it is in the container. */
const mountsOf = (service) => new Map(service.volumes.filter((volume) => volume.startsWith('.'))
  .map((volume) => volume.split(':')).map(([source, target, mode]) => [target, { path: join(folder, source), mode }]));

test('compose: what Prometheus and Grafana mount is there, and not to be changed', () => {
  for (const [name, service] of Object.entries(watchers)) {
    const mounts = mountsOf(service);
    assert.ok(mounts.size >= 2, name);
    for (const [target, { path, mode }] of mounts) {
      assert.ok(existsSync(path), `${name}: ${path} does not exist`);
      assert.equal(mode, 'ro', `${name}: ${target}`);
    }
    for (const volume of service.volumes.filter((each) => !each.startsWith('.')))
      assert.ok(Object.hasOwn(volumes, volume.split(':')[0]), `${name}: ${volume}`);
  }
});

test('compose: Prometheus and Grafana are of one version, without rights, checked, and on loopback', () => {
  for (const [name, service] of Object.entries(watchers)) {
    assert.match(service.image, /:v?\d+\.\d+\.\d+$/, name);
    assert.equal(service.read_only, true, name);
    assert.deepEqual(service.cap_drop, ['ALL'], name);
    const [port] = service.ports;
    const [, inside] = /^127\.0\.0\.1:\d+:(\d+)$/.exec(port);
    assert.ok(service.healthcheck.test.at(-1).startsWith(`http://127.0.0.1:${inside}/`), name);
  }
});

test('compose: Prometheus scrapes every silo and reads the alerts', { skip: skipPrometheus }, () => {
  const file = '/etc/prometheus/prometheus.yml';
  const mounts = mountsOf(services.prometheus);
  assert.ok(services.prometheus.command.includes(`--config.file=${file}`));
  const { ok, text } = promtool('check', 'config', mounts.get(file).path);
  assert.ok(ok, text);
  for (const rules of configuration.rule_files) assert.ok(mounts.has(join(dirname(file), rules)), rules);
  const [job] = configuration.scrape_configs;
  const silos = Object.keys(services).filter((name) => name.startsWith('silo-')).map((name) => `${name}:6333`);
  assert.deepEqual(job.static_configs.flatMap(({ targets }) => targets), silos);
  assert.match(readText('deploy', 'prometheus', 'alerts.yml'), new RegExp(`absent\\(up\\{job="${job.job_name}"\\}\\)`));
});

test('compose: Grafana finds Prometheus and the dashboards', () => {
  const provisioning = mountsOf(services.grafana).get('/etc/grafana/provisioning').path;
  for (const kind of ['datasources', 'dashboards']) assert.ok(existsSync(join(provisioning, kind)), kind);
  const [source] = readYaml('deploy', 'grafana', 'provisioning', 'datasources', 'prometheus.yml').datasources;
  const [, host, port] = /^http:\/\/([a-z]+):(\d+)$/.exec(source.url);
  assert.ok(services[host].ports[0].endsWith(`:${port}`));
  assert.ok(services.grafana.depends_on[host]);
  assert.equal(source.jsonData.timeInterval, configuration.global.scrape_interval);
  const [provider] = readYaml('deploy', 'grafana', 'provisioning', 'dashboards', 'vectorcluster.yml').providers;
  const { path } = mountsOf(services.grafana).get(provider.options.path);
  assert.equal(path, join(chart, 'files', 'dashboards'));
});
