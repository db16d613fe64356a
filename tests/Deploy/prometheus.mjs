// Prometheus' own programs, and what the rules and the dashboards ask them.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText, readYaml, root } from './chart.mjs';

const works = (command) => spawnSync(command, ['--version']).status === 0;

/** Why Prometheus can't be asked here, or false. */
export const skipPrometheus = !(works('promtool') && works('prometheus'))
  && "needs Prometheus' programs (Debian, Ubuntu: apt-get install prometheus)";

/** What promtool says, and whether it is content. */
export function promtool(...args) {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { ok: status === 0, text: stdout + stderr };
}

export const rulesFile = join(root, 'deploy', 'prometheus', 'alerts.yml');
export const alerts = readYaml('deploy', 'prometheus', 'alerts.yml').groups.flatMap(({ rules }) => rules);

/** Dashboards by the names of their files. */
export const dashboards = Object.fromEntries(readdirSync(join(root, 'deploy', 'grafana', 'dashboards'))
  .map((file) => [file, JSON.parse(readText('deploy', 'grafana', 'dashboards', file))]));

/** Panels that show something: rows are only headings. */
export const panelsOf = (dashboard) => dashboard.panels.filter(({ type }) => type !== 'row');
