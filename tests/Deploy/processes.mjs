// Programs that a test starts on this machine, and ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How long something may take that takes seconds on an idle machine. */
const patienceMs = 180_000;

/** Asks again and again until the answer is not undefined; an answer that was thrown is none. */
export async function eventually(what, ask, isHopeless = () => false) {
  const until = Date.now() + patienceMs;
  let reason;
  while (Date.now() < until && !isHopeless()) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      reason = error;
    }
    await delay(100);
  }
  throw new Error(`${what} never came: ${reason?.cause ?? reason ?? ''}`);
}

/** Starts a program. Its output is kept to be shown when something fails. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const program = { output: '', hasEnded: false };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => { program.output = (program.output + text).slice(-20_000); });
  const exit = once(child, 'exit').then(([code, signal]) => {
    program.hasEnded = true;
    return code ?? signal;
  });
  /** @returns its exit code, or the signal that ended it. */
  program.end = (signal = 'SIGKILL') => {
    child.kill(signal);
    return exit;
  };
  return program;
}

/** TCP ports of loopback that nobody listened on a moment ago. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
