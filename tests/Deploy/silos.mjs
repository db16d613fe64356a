// Silos as processes on this machine, as the chart starts them: what Kubernetes makes of a rendered release.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaults, merge, namespace, render, root, skip as skipRendering } from './chart.mjs';
import { hasPostgres, startPostgres } from './postgres.mjs';
import { eventually, freePorts, start } from './processes.mjs';

const built = (project, name) => join(root, 'src', project, 'bin', 'Release', 'net10.0', `${name}.dll`);
const siloProgram = built('Silo', 'vectorcluster-silo');
const serverProgram = built('Cli', 'vectorcluster');

/** Why there can be no silos here, or false. */
export const skipSilos = skipRendering
  || (!existsSync(siloProgram) && 'needs the silo, which is not built (Release): is there a feed with Orleans?')
  || (!hasPostgres && "needs PostgreSQL's server programs");

/** Why there can't even be a server without Orleans, or false. */
export const skipServer = !existsSync(serverProgram) && 'needs src/Cli, which is not built (Release)';

/** A release that is watched: with keys, one of them for Prometheus. */
const values = merge(defaults, {
  postgres: { existingSecret: 'postgres' }, access: { existingSecret: 'keys' },
  serviceMonitor: { enabled: true, existingSecret: 'scraper' }, prometheusRule: { enabled: true },
});

const newKey = () => randomBytes(32).toString('base64url');
const entryOf = (Name, Role, key) => ({ Name, Role, Hash: `sha256:${createHash('sha256').update(key).digest('hex')}` });

/** Puts the files of a pod's Secrets into a folder. @returns that folder by where the pod has it. */
function mount(pod, secrets, folder) {
  const mounted = new Map();
  for (const { name, mountPath } of pod.containers[0].volumeMounts) {
    const secret = pod.volumes.find((volume) => volume.name === name).secret;
    if (!secret) continue;
    const target = join(folder, name);
    mkdirSync(target, { recursive: true });
    for (const { key, path } of secret.items) writeFileSync(join(target, path), secrets[secret.secretName][key]);
    mounted.set(mountPath, target);
  }
  return mounted;
}

/** A container's environment. Its files lie elsewhere, and it is alone with its ports on loopback. */
function environmentOf(container, secrets, mounted, ports) {
  const environment = {};
  const kubelet = {
    'status.podIP': '127.0.0.1', "metadata.labels['topology.kubernetes.io/zone']": '',
  };
  for (const { name, value, valueFrom: from } of container.env) {
    const known = value?.replace(/\$\((\w+)\)/g, (_, other) => environment[other])
      ?? kubelet[from.fieldRef?.fieldPath] ?? secrets[from.secretKeyRef?.name]?.[from.secretKeyRef.key];
    if (known === undefined) throw new Error(`nobody knows what ${name} is`);
    environment[name] = known;
    for (const [path, folder] of mounted)
      if (known.startsWith(`${path}/`)) environment[name] = known.replace(path, folder);
    if (known === '0.0.0.0') environment[name] = '127.0.0.1';
    const port = container.ports.find(({ containerPort }) => name.endsWith('Port') && String(containerPort) === known);
    if (port) environment[name] = String(ports[port.name]);
  }
  return environment;
}

const plain = Object.fromEntries(['PATH', 'HOME', 'DOTNET_ROOT', 'TMPDIR', 'LANG']
  .filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]]));

/** One silo of a release. @returns what asks a port of it by the port's name in the pod. */
async function startSilo(container, secrets, mounted, folder) {
  const names = container.ports.map(({ name }) => name);
  const numbers = await freePorts(names.length);
  const ports = Object.fromEntries(names.map((name, i) => [name, numbers[i]]));
  const program = start('dotnet', [siloProgram],
    { cwd: folder, env: { ...plain, ...environmentOf(container, secrets, mounted, ports) } });
  return {
    program,
    ports,
    address: `127.0.0.1:${ports.http}`,
    probe: ({ httpGet: { scheme, path, port } }) => fetch(`${scheme.toLowerCase()}://127.0.0.1:${ports[port]}${path}`),
    /** The status with which a probe that is repeated is answered in the end. */
    passes(probe) {
      return eventually(`200 from ${probe.httpGet.path}`, async () => {
        const { status } = await this.probe(probe);
        return status === 200 ? status : undefined;
      }, () => program.hasEnded).catch((error) => { throw new Error(`${error.message}\n${program.output}`); });
    },
  };
}

/** What an operator of Prometheus makes of the release's ServiceMonitor, for silos with these addresses. */
function scrapeJobOf(documents, secrets, silos) {
  const [{ spec }] = documents.filter(({ kind }) => kind === 'ServiceMonitor');
  const [{ port, path, scheme, honorLabels, authorization: { credentials } }] = spec.endpoints;
  const service = documents.find(({ kind, metadata }) => kind === 'Service'
    && Object.entries(spec.selector.matchLabels).every(([label, value]) => metadata.labels[label] === value));
  const target = service.spec.ports.find(({ name }) => name === port).targetPort;
  return {
    job_name: service.metadata.labels[spec.jobLabel],
    metrics_path: path,
    scheme,
    honor_labels: honorLabels,
    authorization: { credentials: secrets[credentials.name][credentials.key] },
    static_configs: silos.map((silo, i) => ({
      targets: [`127.0.0.1:${silo.ports[target]}`],
      labels: { namespace, service: service.metadata.name, endpoint: port, pod: `${service.metadata.name}-${i}` },
    })),
  };
}

/** Two silos of one release, over a PostgreSQL of their own. */
export async function startCluster(context) {
  const folder = mkdtempSync(join(tmpdir(), 'vectorcluster-silos-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const postgres = startPostgres();
  const silos = [];
  context.after(async () => {
    await Promise.all(silos.map((silo) => silo.program.end()));
    postgres.stop();
  });
  const [admin, scraper] = [newKey(), newKey()];
  const secrets = {
    postgres: { 'connection-string': postgres.connection },
    keys: {
      'keys.json': JSON.stringify([entryOf('admin', 'admin', admin), entryOf('prometheus', 'read-only', scraper)]),
    },
    scraper: { 'api-key': scraper },
  };
  const documents = render(values);
  const pod = documents.find(({ kind }) => kind === 'StatefulSet').spec.template.spec;
  const [container] = pod.containers;
  const mounted = mount(pod, secrets, folder);
  for (let i = 0; i < 2; i++) silos.push(await startSilo(container, secrets, mounted, folder));
  for (const silo of silos) await silo.passes(container.startupProbe);
  return { key: admin, container, silos, job: scrapeJobOf(documents, secrets, silos), isCluster: true };
}

/** A server without Orleans, for where there is none. */
export async function startServer(context) {
  const folder = mkdtempSync(join(tmpdir(), 'vectorcluster-server-'));
  const program = start('dotnet', [serverProgram, 'serve', '--data', join(folder, 'data'), '--port', '0'],
    { cwd: folder, env: plain });
  context.after(async () => {
    await program.end();
    rmSync(folder, { recursive: true, force: true });
  });
  const address = await eventually('the server', async () => /http:\/\/([0-9.]+:\d+)/.exec(program.output)?.[1],
    () => program.hasEnded);
  const job = { job_name: 'vectorcluster', static_configs: [{ targets: [address], labels: { service: 'vectors' } }] };
  return { silos: [{ program, address }], job, isCluster: false };
}
