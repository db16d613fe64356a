// A PostgreSQL of one's own, reached through a Unix socket.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const debian = '/usr/lib/postgresql';
const folders = [
  ...(existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : []),
  spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' }).stdout?.trim() ?? '',
  ...(process.env.PATH ?? '').split(':'),
];
const programs = folders.find((folder) => folder
  && ['initdb', 'pg_ctl'].every((program) => existsSync(join(folder, program))));

export const hasPostgres = programs !== undefined;

// PostgreSQL refuses to run as root.
const isRoot = process.getuid?.() === 0;
const asPostgres = ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'];

function run(program, ...args) {
  const [command, ...rest] = [...(isRoot ? asPostgres : []), join(programs, program), ...args];
  execFileSync(command, rest, { cwd: '/', stdio: 'ignore' });
}

/** Makes and starts a server. @returns its connection string, and what stops and deletes it. */
export function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'vectorcluster-pg-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  chmodSync(folder, 0o755);
  if (isRoot) execFileSync('chown', ['-R', 'postgres', folder]);
  run('initdb', '-D', data, '-U', 'postgres', '--auth=trust', '--no-locale', '--encoding=UTF8', '--no-sync');
  run('pg_ctl', '-D', data, '-l', join(folder, 'log'), '-w', '-o',
    `-c listen_addresses= -c unix_socket_directories='${folder}'`, 'start');
  return {
    connection: `Host=${folder};Username=postgres;Database=postgres`,
    stop() {
      run('pg_ctl', '-D', data, '-m', 'immediate', 'stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
