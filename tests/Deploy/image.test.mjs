// What the image holds, built of exactly the files that it is built of, and run as it is run: by a plain user, from a
// directory that nobody may write to. No container engine is needed, and none is tested.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from './chart.mjs';
import { dockerfile, environment, healthCheck, lastStage, rest } from './dockerfile.mjs';

const user = Number(rest('USER', lastStage).at(-1));
const isRoot = process.getuid?.() === 0;
const asUser = isRoot ? ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups'] : [];
const works = ([command, ...args]) => spawnSync(command, args, { cwd: '/' }).status === 0;
const skip = process.platform !== 'linux' ? 'needs Linux'
  : !works([...asUser, 'dotnet', '--list-runtimes'])
    && `user ${isRoot ? user : 'of the tests'} can't run dotnet${isRoot ? ', or setpriv is not here' : ''}`;

const patienceMs = 180_000;

async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }));
  const ports = servers.map((server) => server.address().port);
  for (const server of servers) server.close();
  return ports;
}

/** The files that the Dockerfile copies, without what .dockerignore leaves out. */
function copySources(folder) {
  for (const what of rest('COPY', dockerfile).filter((each) => !each.startsWith('--from')))
    for (const source of what.split(/\s+/).slice(0, -1))
      cpSync(join(root, source), join(folder, source), {
        recursive: true, filter: (path) => !['bin', 'obj'].includes(basename(path)),
      });
}

function publish(source, app) {
  const [command] = rest('RUN', dockerfile).filter((each) => each.startsWith('dotnet publish '));
  const env = { ...process.env, MSBUILDDISABLENODEREUSE: '1', UseSharedCompilation: 'false' };
  const { status, stdout } = spawnSync(
    'bash', ['-c', command.replace('/app', app)], { cwd: source, encoding: 'utf8', env });
  return { isPublished: status === 0, log: stdout };
}

async function run(context, app, data) {
  const [http, silo, gateway] = await freePorts(3);
  const env = {
    PATH: process.env.PATH,
    ...process.env.DOTNET_ROOT && { DOTNET_ROOT: process.env.DOTNET_ROOT },
    ...Object.fromEntries(environment),
    // Of the image's settings these can't be had here: the ports may be taken, /data is not ours, and without keys it
    // would have to be said that everyone may reach it.
    VectorCluster__HttpAddress: '127.0.0.1',
    VectorCluster__DataDirectory: data,
    VectorCluster__HttpPort: String(http),
    VectorCluster__SiloPort: String(silo),
    VectorCluster__GatewayPort: String(gateway),
  };
  const [command, ...args] = [...asUser, ...JSON.parse(rest('ENTRYPOINT', lastStage)[0])];
  const process_ = spawn(command, args, { cwd: app, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [process_.stdout, process_.stderr]) stream.on('data', (text) => { said += text; });
  context.after(() => process_.kill('SIGKILL'));
  return { process: process_, env, http, said: () => said };
}

async function untilHealthy(server) {
  const [command, ...args] = [...asUser, ...healthCheck];
  for (const end = Date.now() + patienceMs; Date.now() < end; await pause(100)) {
    assert.equal(server.process.exitCode, null, server.said());
    const [status] = await once(spawn(command, args, { env: server.env, stdio: 'ignore' }), 'exit');
    if (status === 0) return;
  }
  assert.fail(`its health check is not passed: ${server.said()}`);
}

test('image: what it holds runs as a plain user from a read-only directory, and becomes healthy', { skip }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vectorcluster-image-'));
  context.after(() => {
    spawnSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true });
  });
  chmodSync(folder, 0o755);
  const [source, app, data] = ['source', 'app', 'data'].map((name) => join(folder, name));
  copySources(source);
  const { isPublished, log } = publish(source, app);
  const lacking = /Unable to find package Microsoft\.Orleans[\w.]*/.exec(log);
  if (lacking) return context.skip(`no package feed has the silo's packages: ${lacking[0]}`);
  assert.ok(isPublished, log);
  rmSync(source, { recursive: true });
  spawnSync('chmod', ['-R', 'a+rX,a-w', app]);
  mkdirSync(data);
  if (isRoot) chownSync(data, user, user);

  const server = await run(context, app, data);
  await untilHealthy(server);
  const answer = await fetch(`http://127.0.0.1:${server.http}/collections/c`, {
    method: 'PUT', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ vectors: { size: 2, distance: 'Dot' } }),
  });
  assert.equal(answer.status, 200, await answer.text());
  server.process.kill(rest('STOPSIGNAL', lastStage)[0]);
  const [status] = await once(server.process, 'exit');
  assert.equal(status, 0, server.said());
});
