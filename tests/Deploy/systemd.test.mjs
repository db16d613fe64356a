import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readText, root } from './chart.mjs';
import { isSetting } from './settings.mjs';

const text = readText('deploy', 'systemd', 'vectorcluster-silo.service');
const entries = text.split('\n').map((line) => /^(\w+)=(.*)$/.exec(line)).filter(Boolean)
  .map(([, key, value]) => [key, value]);
const all = (key) => entries.filter(([each]) => each === key).map(([, value]) => value);
const one = (key) => {
  const values = all(key);
  assert.equal(values.length, 1, `${key} stands there ${values.length} times`);
  return values[0];
};

/** Of "7min 30s" and of "00:05:00". */
const seconds = (span) => (span.includes(':')
  ? span.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  : [...span.matchAll(/(\d+)(min|s)/g)].reduce((sum, [, n, unit]) => sum + n * (unit === 'min' ? 60 : 1), 0));

const minutesOf = (name, ...file) =>
  Number(new RegExp(`${name}[^;]*TimeSpan\\.FromMinutes\\((\\d+)\\)`, 's').exec(readText(...file))[1]);

test('systemd: the silo is stopped as it wants, and has time to drain and to close', () => {
  assert.equal(one('KillSignal'), 'SIGTERM');
  const settings = Object.fromEntries(all('Environment').map((pair) => pair.split('=')));
  const drain = seconds(settings.VectorCluster__DrainTimeout);
  assert.equal(drain, 60 * minutesOf('DrainTimeout { get; init; }', 'src', 'Silo', 'SiloSettings.cs'));
  const closing = 60 * minutesOf('TimeSpan ClosingTime', 'src', 'Silo', 'SiloHost.cs');
  assert.ok(seconds(one('TimeoutStopSec')) > drain + closing);
});

test('systemd: the silo is a plain user that has nothing to write to but its state', () => {
  assert.notEqual(one('User'), 'root');
  assert.equal(one('ProtectSystem'), 'strict');
  assert.equal(one('NoNewPrivileges'), 'yes');
  assert.equal(one('CapabilityBoundingSet'), '');
  assert.equal(all('ReadWritePaths').length, 0);
  const data = all('Environment').find((pair) => pair.startsWith('VectorCluster__DataDirectory=')).split('=')[1];
  assert.equal(data, `/var/lib/${one('StateDirectory')}`);
  assert.equal(one('WorkingDirectory'), data);
});

test('systemd: settings exist, in the unit and in the example of its file', () => {
  const example = readText('deploy', 'systemd', 'silo.env.example').split('\n').filter((line) => /^\w/.test(line));
  for (const pair of [...all('Environment'), ...example]) {
    const [name] = pair.split('=');
    assert.ok(isSetting(name), `${name} is no setting`);
  }
  const [, program] = /<AssemblyName>(.*)<\/AssemblyName>/.exec(readText('src', 'Silo', 'Silo.csproj'));
  assert.ok(one('ExecStart').endsWith(`/${program}.dll`));
});

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
const skip = !hasAnalyze && 'needs systemd-analyze';

// As systemd itself reads it. It also wants the program and the files to be there, so a copy names ones that are.
test('systemd: the unit is one, and is exposed little', { skip }, (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vectorcluster-unit-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const unit = join(folder, 'vectorcluster-silo.service');
  const copied = text.replace('/usr/bin/dotnet', process.execPath)
    .replace('/etc/vectorcluster/silo.env', join(folder, 'silo.env'));
  writeFileSync(unit, copied);
  writeFileSync(join(folder, 'silo.env'), readFileSync(join(root, 'deploy', 'systemd', 'silo.env.example')));
  const verified = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
  // Units of the machine that this one comes after are read too; their faults are not ours.
  const faults = `${verified.stdout}${verified.stderr}`.split('\n').filter((line) => line.includes('vectorcluster-silo'));
  assert.deepEqual(faults, []);
  execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', '--threshold=20', unit]);
});
