import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { readText, root } from './chart.mjs';
import { dockerfile, environment, healthCheck, rest } from './dockerfile.mjs';
import { isSecret, isSetting } from './settings.mjs';

const closingSeconds = 120; // SiloHost.ClosingTime
const ports = ['6333', '11111', '30000'];

test('image: it runs as a plain user, by number, and is stopped as the silo wants', () => {
  const user = rest('USER').at(-1);
  assert.match(user, /^[1-9]\d*$/);
  const chart = readText('deploy', 'helm', 'vectorcluster', 'templates', 'statefulset.yaml');
  assert.match(chart, new RegExp(`runAsUser: ${user}\n`));
  assert.deepEqual(rest('STOPSIGNAL'), ['SIGTERM']);
  assert.deepEqual(rest('EXPOSE').join(' ').split(' '), ports);
});

test('image: what it copies is there, is not ignored, and starts the silo', () => {
  const copied = rest('COPY', dockerfile).filter((what) => !what.startsWith('--from'))
    .flatMap((what) => what.split(/\s+/).slice(0, -1));
  const allowed = readText('deploy', 'docker', 'Dockerfile.dockerignore').split('\n');
  for (const source of copied) {
    assert.ok(existsSync(join(root, source)), `${source} does not exist`);
    assert.ok(allowed.includes(`!${source}`), `${source} is ignored`);
  }
  assert.equal(allowed.filter((line) => line.startsWith('!')).length, copied.length);
  const [, name] = /<AssemblyName>(.*)<\/AssemblyName>/.exec(readText('src', 'Silo', 'Silo.csproj'));
  assert.deepEqual(JSON.parse(rest('ENTRYPOINT')[0]), ['dotnet', `${name}.dll`]);
  const [, framework] = /<TargetFramework>net(.*)<\/TargetFramework>/.exec(readText('Directory.Build.props'));
  assert.deepEqual(rest('ARG', dockerfile), [`DOTNET=${framework}`]);
});

test('image: its settings exist, and none is a secret', () => {
  for (const [name] of environment) {
    assert.ok(isSetting(name) || name === 'ASPNETCORE_HTTP_PORTS', `${name} is no setting`);
    assert.ok(!isSecret(name), `${name} is a secret`);
  }
});

const hasBash = spawnSync('bash', ['-c', 'true']).status === 0;

test('image: its health check is passed by 200 and by nothing else', { skip: !hasBash && 'needs bash' }, async (context) => {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(answer).end('answer');
  });
  let answer = 200;
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  context.after(() => { server.close(); server.closeAllConnections(); });
  const env = { ...process.env, VectorCluster__HttpPort: String(server.address().port) };
  const check = async () => {
    const [command, ...args] = healthCheck;
    const [status] = await once(spawn(command, args, { env, stdio: 'ignore' }), 'exit');
    return status;
  };
  assert.equal(await check(), 0);
  answer = 503;
  assert.notEqual(await check(), 0);
  assert.deepEqual(asked, ['/livez', '/livez']);
  server.close();
  server.closeAllConnections();
  assert.notEqual(await check(), 0);
});

const text = readText('deploy', 'docker', 'docker-compose.yml');
const compose = parse(text, { merge: true });
const silos = Object.entries(compose.services).filter(([name]) => name.startsWith('silo-'));

const seconds = (span) => span.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
const grace = (span) => {
  const [, minutes, rest] = /^(\d+)m(\d+)s$/.exec(span);
  return Number(minutes) * 60 + Number(rest);
};

test('compose: three silos share a database and are in zones of their own', () => {
  assert.equal(silos.length, 3);
  assert.equal(new Set(silos.map(([, silo]) => silo.environment.VectorCluster__Zone)).size, 3);
  for (const [name, silo] of silos) {
    assert.equal(silo.depends_on.postgres.condition, 'service_healthy', name);
    const { VectorCluster__Postgres: connection } = silo.environment;
    const { POSTGRES_DB: database, POSTGRES_USER: user } = compose.services.postgres.environment;
    assert.ok(connection.startsWith(`Host=postgres;Database=${database};Username=${user};`), name);
    assert.equal(join(root, 'deploy', 'docker', silo.build.context), root);
    assert.ok(existsSync(join(root, silo.build.dockerfile)));
  }
});

test('compose: silos are plain users with nothing to write to, and have time to drain', () => {
  for (const [name, silo] of silos) {
    assert.equal(silo.user, rest('USER').at(-1), name);
    assert.equal(silo.read_only, true, name);
    assert.deepEqual(silo.cap_drop, ['ALL'], name);
    assert.ok(silo.tmpfs.includes('/tmp'), name);
    const drain = seconds(silo.environment.VectorCluster__DrainTimeout);
    assert.ok(grace(silo.stop_grace_period) > drain + closingSeconds, name);
  }
});

test('compose: settings exist, the port is the silo\'s, and without keys it is published on loopback only', () => {
  const published = silos.flatMap(([, silo]) => silo.ports);
  assert.equal(new Set(published).size, silos.length);
  for (const port of published) assert.match(port, /^127\.0\.0\.1:\d+:6333$/);
  for (const [name, silo] of silos) {
    for (const key of Object.keys(silo.environment)) assert.ok(isSetting(key), `${name}: ${key} is no setting`);
    assert.equal(silo.environment.VectorCluster__Access__AllowWithoutKeys, 'true', name);
  }
});

test('compose: passwords come from outside', () => {
  const passwords = [...text.replaceAll(/^#.*$/gm, '').matchAll(/password[=:]\s*(\S+)/gi)].map(([, value]) => value);
  assert.ok(passwords.length >= 2);
  for (const password of passwords) assert.match(password, /^\$\{POSTGRES_PASSWORD:\?set$/);
  for (const [key, value] of Object.entries(compose.services.postgres.environment))
    if (isSecret(key)) assert.match(value, /^\$\{/);
});
