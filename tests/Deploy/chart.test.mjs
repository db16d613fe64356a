import assert from 'node:assert/strict';
import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chart, defaults, faultsOf, merge, readText, render, renderNotes, schema, skip } from './chart.mjs';
import { schemaFaults } from './kubernetes.mjs';
import { alerts, dashboards } from './prometheus.mjs';
import { ruleFaults, ruleNames } from './rules.mjs';

const least = { postgres: { existingSecret: 'pg' }, access: { existingSecret: 'keys' } };

/** Values, and the kinds of documents that they add to, or take from, those of the least. */
const releases = {
  'the least that is needed': [least],
  'no keys, said in as many words': [{ postgres: { existingSecret: 'pg' }, access: { allowWithoutKeys: true } }],
  'tokens only, with a shared secret': [{
    postgres: { existingSecret: 'pg' },
    access: { jwt: { existingSecret: 'jwt', key: 'secret', algorithm: 'HS256', issuer: 'https://issuer.example' } },
  }],
  'keys, tokens, encryption and TLS': [merge(least, {
    access: { jwt: { existingSecret: 'jwt', audience: 'vectors' } },
    encryption: { existingSecret: 'encryption' },
    tls: { existingSecret: 'tls' },
  })],
  'an ingress with TLS': [merge(least, {
    ingress: {
      enabled: true, className: 'nginx', annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': '64m' },
      hosts: ['vectors.example', 'v.example'], tls: [{ secretName: 'vectors-example', hosts: ['vectors.example'] }],
    },
  }), ['Ingress']],
  'scaled by load': [merge(least, { autoscaling: { enabled: true, maxReplicas: 20, memoryPercent: 80 } }),
    ['HorizontalPodAutoscaler']],
  'scraped with a key over TLS': [merge(least, {
    tls: { existingSecret: 'tls' },
    serviceMonitor: { enabled: true, existingSecret: 'prometheus', caSecret: 'ca', labels: { release: 'prometheus' } },
  }), ['ServiceMonitor']],
  'scraped without a key': [merge(least, { access: { metricsWithoutKey: true }, serviceMonitor: { enabled: true } }),
    ['ServiceMonitor']],
  'watched: alerts and dashboards': [merge(least, {
    prometheusRule: {
      enabled: true, labels: { release: 'prometheus' }, runbooks: 'https://git.example/vectors/docs/guides/alerts.md',
    },
    dashboards: { enabled: true, annotations: { grafana_folder: 'Databases' } },
  }), ['ConfigMap', 'PrometheusRule']],
  'large, one silo a node and zones in balance': [merge(least, {
    replicaCount: 9, resources: { preset: 'xlarge' }, spread: { zones: 'required', hosts: 'required' },
    nodeSelector: { pool: 'vectors' }, tolerations: [{ key: 'vectors', operator: 'Exists', effect: 'NoSchedule' }],
    priorityClassName: 'high', cluster: { memoryBudgetBytes: 100_000_000_000, drainTimeoutSeconds: 86_400 },
  })],
  'small, for trying out': [merge(least, {
    replicaCount: 1, resources: { preset: 'small', cpu: '250m', memory: '1Gi' },
    spread: { zones: 'none', hosts: 'none' },
    cluster: { drainTimeoutSeconds: 0, zoneLabel: '' }, shutdown: { preStopSeconds: 0 },
    podDisruptionBudget: { enabled: false }, networkPolicy: { enabled: false }, serviceAccount: { create: false },
  }), [], ['PodDisruptionBudget', 'NetworkPolicy', 'ServiceAccount']],
  'peers are named': [merge(least, {
    networkPolicy: {
      httpFrom: [{ namespaceSelector: { matchLabels: { team: 'search' } } }],
      gatewayFrom: [{ podSelector: { matchLabels: { app: 'indexer' } } }, { ipBlock: { cidr: '10.1.0.0/16' } }],
      prometheusNamespace: 'monitoring', ingressNamespace: 'ingress-nginx',
    },
  })],
  'everything else': [merge(least, {
    nameOverride: 'vdb', fullnameOverride: 'n'.repeat(52),
    image: { repository: 'registry.example/vdb', digest: `sha256:${'0'.repeat(64)}`, pullSecrets: ['registry'] },
    telemetry: { otlpEndpoint: 'http://collector:4317', slowSearchMs: 90_500, sampleRatio: 1, maxTracesPerSecond: 0 },
    service: { type: 'LoadBalancer', port: 80, annotations: { a: 'b' } }, podLabels: { team: 'a' },
    podAnnotations: { c: 'd' }, limits: { requestsPerSecond: 1_000_000 },
    extraEnv: [{ name: 'DOTNET_GCHeapHardLimitPercent', value: '30' }, {
      name: 'OTEL_EXPORTER_OTLP_HEADERS', valueFrom: { secretKeyRef: { name: 'otlp', key: 'headers' } },
    }],
  })],
};

const usual = ['NetworkPolicy', 'Pod', 'PodDisruptionBudget', 'Service', 'Service', 'ServiceAccount', 'StatefulSet'];

const silo = (documents) => documents.find((document) => document.kind === 'StatefulSet').spec.template.spec;
const env = (documents, name) => silo(documents).containers[0].env.find((entry) => entry.name === name)?.value;

for (const [name, [values, added = [], without = []]] of Object.entries(releases))
  test(`chart: ${name}`, { skip }, () => {
    const documents = render(values);
    assert.deepEqual(documents.flatMap((document) =>
      schemaFaults(document).map((fault) => `${document.kind}: ${fault}`)), []);
    assert.deepEqual(ruleFaults(documents), []);
    const kinds = [...usual.filter((kind) => !without.includes(kind)), ...added].sort();
    assert.deepEqual(documents.map((document) => document.kind).sort(), kinds);
  });

test('chart: values reach the silo as they are meant', { skip }, () => {
  const large = render(releases['large, one silo a node and zones in balance'][0]);
  assert.equal(env(large, 'VectorCluster__MemoryBudgetBytes'), '100000000000');
  assert.equal(env(large, 'VectorCluster__DrainTimeout'), '1.00:00:00');
  assert.equal(silo(large).terminationGracePeriodSeconds, 86_400 + 5 + 150);
  assert.equal(silo(large).topologySpreadConstraints[0].whenUnsatisfiable, 'DoNotSchedule');
  const other = render(releases['everything else'][0]);
  assert.equal(env(other, 'VectorCluster__Telemetry__SlowSearch'), '0.00:01:30.500');
  assert.equal(silo(other).containers[0].image, `registry.example/vdb@sha256:${'0'.repeat(64)}`);
  const small = render(releases['small, for trying out'][0]);
  assert.deepEqual(silo(small).containers[0].resources,
    { requests: { cpu: '250m', memory: '1Gi' }, limits: { memory: '1Gi' } });
});

// A chart can't have files from outside its folder, and links in it are lost in archives; so deploy/ links to them.
test('chart: has the alerts and dashboards of deploy/, and no other files', () => {
  const files = readdirSync(join(chart, 'files'), { recursive: true }).map((file) => file.replaceAll('\\', '/'));
  const expected = ['alerts.yml', 'dashboards', ...Object.keys(dashboards).map((file) => `dashboards/${file}`)];
  assert.deepEqual(files.sort(), expected.sort());
  for (const file of files) assert.ok(!lstatSync(join(chart, 'files', file)).isSymbolicLink(), file);
});

test('chart: alerts link to the runbooks that are named, and the dashboards arrive whole', { skip }, () => {
  const documents = render(releases['watched: alerts and dashboards'][0]);
  const { spec } = documents.find(({ kind }) => kind === 'PrometheusRule');
  const rules = spec.groups.flatMap((group) => group.rules);
  assert.deepEqual(rules.map(({ alert, expr }) => [alert, expr]), alerts.map(({ alert, expr }) => [alert, expr]));
  for (const { alert, annotations } of rules)
    assert.equal(annotations.runbook_url, `https://git.example/vectors/docs/guides/alerts.md#${alert.toLowerCase()}`);
  const { data } = documents.find(({ kind }) => kind === 'ConfigMap');
  for (const [file, dashboard] of Object.entries(dashboards))
    assert.deepEqual(JSON.parse(data[`vectorcluster-${file}`]), dashboard);
});

const peersOf = (values, port) => render(values).find(({ kind }) => kind === 'NetworkPolicy').spec.ingress
  .filter(({ ports }) => ports.some((each) => each.port === port)).map(({ from }) => from);

test('chart: who is named reaches the HTTP API, beside the pod of helm test', { skip }, () => {
  const [named] = peersOf(releases['peers are named'][0], 'http');
  assert.deepEqual(named.slice(1).map(({ namespaceSelector }) => namespaceSelector.matchLabels), [
    { team: 'search' },
    { 'kubernetes.io/metadata.name': 'monitoring' },
    { 'kubernetes.io/metadata.name': 'ingress-nginx' },
  ]);
  assert.equal(named[0].podSelector.matchLabels['app.kubernetes.io/component'], 'test');
  assert.deepEqual(peersOf(merge(least, { networkPolicy: { prometheusNamespace: 'monitoring' } }), 'http'), [undefined]);
});

test('chart: who is named reaches the gateway, beside the silos', { skip }, () => {
  const [silos, named] = peersOf(releases['peers are named'][0], 'gateway');
  assert.deepEqual(named, [{ podSelector: { matchLabels: { app: 'indexer' } } }, { ipBlock: { cidr: '10.1.0.0/16' } }]);
  assert.deepEqual(peersOf(least, 'gateway'), [silos]);
});

test('chart: the autoscaler has the say over the number of silos', { skip }, () => {
  const replicas = (values) => render(values).find(({ kind }) => kind === 'StatefulSet').spec.replicas;
  assert.equal(replicas(least), 3);
  assert.equal(replicas(releases['scaled by load'][0]), undefined);
});

test('chart: a prometheus that needs a key, and other contradictions, are refused with what to do', { skip }, () => {
  const refused = [
    [{ access: { allowWithoutKeys: true } }, /Set postgres\.existingSecret/],
    [{ postgres: { existingSecret: 'pg' } }, /Set access\.existingSecret .* or\s+access\.allowWithoutKeys/s],
    [merge(least, { serviceMonitor: { enabled: true } }), /Set serviceMonitor\.existingSecret/],
    [merge(least, { ingress: { enabled: true } }), /Set ingress\.hosts/],
    [merge(least, { autoscaling: { enabled: true, minReplicas: 9, maxReplicas: 3 } }), /minReplicas is more than/],
    [merge(least, { autoscaling: { enabled: true, cpuPercent: 0 } }), /Set autoscaling\.cpuPercent/],
    [merge(least, { extraEnv: [{ name: 'VectorCluster__Postgres', value: 'Host=db' }] }), /is set by the chart/],
    [merge(least, { extraEnv: [{ name: 'OTEL_EXPORTER_OTLP_HEADERS', value: 'x' }] }), /looks like a secret/],
  ];
  for (const [values, message] of refused) assert.throws(() => render(values), { message });
});

test('chart: wrong values are refused with their place', () => {
  const wrong = [
    [{ replicaCount: 0 }, '/replicaCount must be >= 1'],
    [{ replicaCount: '3' }, '/replicaCount must be integer'],
    [{ replicas: 3 }, ' must NOT have additional properties'],
    [{ postgres: { password: 'x' } }, '/postgres must NOT have additional properties'],
    [{ postgres: { existingSecret: 'Not A Name' } }, '/postgres/existingSecret must match pattern'],
    [{ access: { allowWithoutKeys: 'yes' } }, '/access/allowWithoutKeys must be boolean'],
    [{ access: { jwt: { algorithm: 'none' } } }, '/access/jwt/algorithm must be equal to one of'],
    [{ cluster: { drainTimeoutSeconds: 86_401 } }, '/cluster/drainTimeoutSeconds must be <= 86400'],
    [{ cluster: { memoryBudgetBytes: 1_000 } }, '/cluster/memoryBudgetBytes must be >= 1048576'],
    [{ telemetry: { sampleRatio: 2 } }, '/telemetry/sampleRatio must be <= 1'],
    [{ telemetry: { otlpEndpoint: 'http://user:password@collector' } }, '/telemetry/otlpEndpoint must match pattern'],
    [{ resources: { preset: 'huge' } }, '/resources/preset must be equal to one of'],
    [{ resources: { limits: { cpu: 1 } } }, '/resources must NOT have additional properties'],
    [{ networkPolicy: { gatewayFrom: [{}] } }, '/networkPolicy/gatewayFrom/0 must NOT have fewer than 1'],
    [{ service: { port: 0 } }, '/service/port must be >= 1'],
    [{ podLabels: { 'app.kubernetes.io/name': 'x' } }, '/podLabels must NOT be valid'],
    [{ access: null }, ' must have required property'],
  ];
  assert.deepEqual(faultsOf(least), []);
  for (const [values, place] of wrong) {
    const faults = faultsOf(values);
    assert.ok(faults.some((fault) => fault.startsWith(place)), `${JSON.stringify(values)}: ${faults.join('; ')}`);
  }
});

// Goal: each rule can fail. Method: break what a release made, one thing at a time.
test('chart: every rule finds what it is for', { skip }, () => {
  const of = (documents, kind) => documents.find((document) => document.kind === kind);
  const container = (documents) => silo(documents).containers[0];
  const set = (documents, name, entry) =>
    container(documents).env.splice(container(documents).env.findIndex((each) => each.name === name), 1, entry);
  const breaks = [
    [ruleNames[0], (all) => { of(all, 'PodDisruptionBudget').spec.selector.matchLabels.other = 'x'; }],
    [ruleNames[0], (all) => { of(all, 'Service').spec.selector = { 'app.kubernetes.io/part-of': 'vectorcluster' }; }],
    [ruleNames[1], (all) => { of(all, 'Service').spec.ports[0].targetPort = 'web'; }],
    [ruleNames[1], (all) => { container(all).ports[1].containerPort = 1; }],
    [ruleNames[1], (all) => { of(all, 'StatefulSet').spec.serviceName = 'x'; }],
    [ruleNames[2], (all) => { delete container(all).readinessProbe; }],
    [ruleNames[2], (all) => { container(all).livenessProbe.httpGet.scheme = 'HTTPS'; }],
    [ruleNames[3], (all) => { silo(all).terminationGracePeriodSeconds = 30; }],
    [ruleNames[4], (all) => { container(all).resources.limits.cpu = 1; }],
    [ruleNames[4], (all) => { delete container(all).securityContext.readOnlyRootFilesystem; }],
    [ruleNames[4], (all) => { of(all, 'Pod').spec.securityContext.runAsUser = 0; }],
    [ruleNames[5], (all) => { container(all).env.push({ name: 'VectorCluster__NoSuchThing', value: '1' }); }],
    [ruleNames[5], (all) => { container(all).env.push(container(all).env[0]); }],
    [ruleNames[6], (all) => set(all, 'VectorCluster__Postgres', { name: 'VectorCluster__Postgres', value: 'Host=a' })],
    [ruleNames[6], (all) => { container(all).env.push({ name: 'OTEL_SERVICE_NAME', value: 'Password=a' }); }],
    [ruleNames[7], (all) => { container(all).volumeMounts = container(all).volumeMounts.slice(0, 1); }],
    [ruleNames[7], (all) => { container(all).volumeMounts[1].subPath = 'keys.json'; }],
    [ruleNames[7], (all) => { silo(all).volumes[1].secret.items[0].path = 'other.json'; }],
    [ruleNames[8], (all) => set(all, 'VectorCluster__Access__KeysFile', { name: 'OTEL_SERVICE_NAME', value: 'a' })],
    [ruleNames[9], (all) => { delete of(all, 'NetworkPolicy').spec.ingress[0].from; }],
    [ruleNames[9], (all) => { of(all, 'NetworkPolicy').spec.ingress[0].from.push({ namespaceSelector: {} }); }],
    [ruleNames[9], (all) => { of(all, 'NetworkPolicy').spec.ingress[0].ports.pop(); }],
    [ruleNames[9], (all) => { of(all, 'NetworkPolicy').spec.policyTypes = ['Egress']; }],
    [ruleNames[10], (all) => { delete of(all, 'Service').metadata.namespace; }],
  ];
  assert.deepEqual([...new Set(breaks.map(([rule]) => rule))], ruleNames);
  for (const [rule, spoil] of breaks) {
    const documents = structuredClone(render(least));
    spoil(documents);
    assert.ok(ruleFaults(documents).some((fault) => fault.startsWith(rule)), `${rule}: ${spoil}`);
  }
});

test('chart: the schemas of Kubernetes find wrong and unknown fields', { skip }, () => {
  const spoilt = (spoil) => {
    const [document] = render(least).filter(({ kind }) => kind === 'StatefulSet');
    spoil(document.spec.template.spec.containers[0]);
    return schemaFaults(document).join();
  };
  assert.match(spoilt((silos) => { silos.ports[0].containerPort = 'x'; }), /containerPort must be integer/);
  assert.match(spoilt((silos) => { silos.livenessprobe = {}; }), /containers\/0\/livenessprobe is unknown/);
  assert.match(spoilt((silos) => { silos.readinessProbe.httpGet.url = 'x'; }), /httpGet\/url is unknown/);
});

test('chart: notes say where it is, and warn of open doors', { skip }, () => {
  const notes = renderNotes(merge(least, { tls: { existingSecret: 'tls' } }));
  if (notes === null) return; // helm shows them only where there is a cluster
  assert.match(notes, /https:\/\/vectors-vectorcluster\.databases\.svc:6333/);
  assert.doesNotMatch(notes, /WARNING/);
  assert.match(renderNotes(releases['no keys, said in as many words'][0]), /WARNING: there are no access keys/);
  assert.match(renderNotes(merge(least, { networkPolicy: { enabled: false } })), /WARNING: there is no NetworkPolicy/);
  const shut = merge(least, {
    serviceMonitor: { enabled: true, existingSecret: 'prometheus' }, ingress: { enabled: true, hosts: ['v.example'] },
    networkPolicy: { httpFrom: [{ podSelector: {} }] },
  });
  assert.match(renderNotes(shut), /set networkPolicy\.prometheusNamespace.*set networkPolicy\.ingressNamespace/s);
  const open = merge(shut, { networkPolicy: { prometheusNamespace: 'monitoring', ingressNamespace: 'ingress-nginx' } });
  assert.doesNotMatch(renderNotes(open), /NOTE:/);
});

/** Each value that can be set: its path, its part of the schema, and its default. */
function* valuesOf(part, path, value) {
  for (const [name, below] of Object.entries(part.properties)) {
    const at = path ? `${path}.${name}` : name;
    if (at === 'global') continue; // Helm's
    const isGroup = below.type === 'object' && below.properties;
    if (isGroup) yield* valuesOf(below, at, value?.[name]);
    else yield { at, below, value: value?.[name] };
  }
}

function* partsOf(part, path) {
  if (typeof part !== 'object' || part === null) return;
  for (const [name, below] of Object.entries(part.properties ?? {})) yield* [[`${path}/${name}`, below]];
  for (const [name, below] of Object.entries(part.properties ?? {})) yield* partsOf(below, `${path}/${name}`);
  if (part.items) yield* [[`${path}/items`, part.items], ...partsOf(part.items, `${path}/items`)];
}

test('chart: every value has a description and a default, and every default is in the schema', () => {
  for (const [path, part] of partsOf(schema, '')) assert.ok(part.description?.length > 3, `${path} has no description`);
  for (const { at, value } of valuesOf(schema, '', defaults)) assert.notEqual(value, undefined, `${at} has no default`);
  assert.deepEqual(faultsOf({}), []);
});

test('chart: README shows the values (VECTORCLUSTER_UPDATE_GUIDES=1 writes them)', () => {
  const choice = (below) => (below.enum ? ` One of ${below.enum.join(', ')}.` : '');
  const rows = [...valuesOf(schema, '', defaults)].map(({ at, below, value }) =>
    `| \`${at}\` | \`${JSON.stringify(value)}\` | ${below.description}${choice(below)} |`);
  const table = ['| value | default | what |', '|---|---|---|', ...rows, ''].join('\n');
  const readme = readText('deploy', 'helm', 'vectorcluster', 'README.md');
  const start = readme.indexOf('| value |');
  const made = (start < 0 ? readme : readme.slice(0, start)) + table;
  if (process.env.VECTORCLUSTER_UPDATE_GUIDES === '1') writeFileSync(join(chart, 'README.md'), made);
  else assert.equal(readme, made);
});
