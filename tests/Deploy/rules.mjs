// What must hold between the documents of a release, which Kubernetes' schemas don't know.
import { isDeepStrictEqual } from 'node:util';
import { isSecret, isSetting } from './settings.mjs';

const closingSeconds = 120; // SiloHost.ClosingTime

const covers = (selector, labels) =>
  Object.keys(selector ?? {}).length > 0 && Object.entries(selector).every(([key, value]) => labels?.[key] === value);

/** A release, by what its documents are for each other. */
function read(documents) {
  const of = (kind) => documents.filter((document) => document.kind === kind);
  const [set] = of('StatefulSet');
  const pod = set.spec.template;
  const [container] = pod.spec.containers;
  return {
    documents, of, set, pod, container,
    env: new Map((container.env ?? []).map((entry) => [entry.name, entry])),
    ports: new Map((container.ports ?? []).map((port) => [port.name, port.containerPort])),
  };
}

const rules = {
  *'selectors match the pods of the silos, and not the pod of helm test'({ of, set, pod }) {
    const selectors = [
      ['StatefulSet', set.spec.selector.matchLabels],
      ...of('Service').map((service) => [`Service ${service.metadata.name}`, service.spec.selector]),
      ...of('PodDisruptionBudget').map((budget) => ['PodDisruptionBudget', budget.spec.selector.matchLabels]),
      ...of('NetworkPolicy').map((policy) => ['NetworkPolicy', policy.spec.podSelector.matchLabels]),
      ...(pod.spec.topologySpreadConstraints ?? [])
        .map((constraint) => ['topologySpreadConstraints', constraint.labelSelector.matchLabels]),
      ...antiAffinityOf(pod).map((term) => ['podAntiAffinity', term.labelSelector.matchLabels]),
    ];
    for (const [where, selector] of selectors) {
      if (!covers(selector, pod.metadata.labels)) yield `${where} selects no silo`;
      for (const test of of('Pod'))
        if (covers(selector, test.metadata.labels)) yield `${where} selects the pod of helm test`;
    }
  },

  *'ports that are referred to exist'({ of, set, container, ports, env }) {
    for (const service of of('Service'))
      for (const port of service.spec.ports)
        if (!ports.has(port.targetPort)) yield `Service ${service.metadata.name} has no target for ${port.name}`;
    for (const policy of of('NetworkPolicy'))
      for (const rule of policy.spec.ingress)
        for (const { port } of rule.ports) if (!ports.has(port)) yield `NetworkPolicy opens ${port}, which is no port`;
    for (const kind of ['startupProbe', 'livenessProbe', 'readinessProbe'])
      if (container[kind] && !ports.has(container[kind].httpGet.port)) yield `${kind} asks a port that is none`;
    for (const [name, setting] of [['http', 'HttpPort'], ['silo', 'SiloPort'], ['gateway', 'GatewayPort']])
      if (env.get(`VectorCluster__${setting}`)?.value !== String(ports.get(name)))
        yield `${setting} is not the container's port ${name}`;
    const named = (name) => of('Service').find((service) => service.metadata.name === name);
    const headless = named(set.spec.serviceName);
    if (headless?.spec.clusterIP !== 'None') yield 'serviceName is not the headless service';
    for (const ingress of of('Ingress'))
      for (const rule of ingress.spec.rules)
        for (const { backend } of rule.http.paths)
          if (!named(backend.service.name)?.spec.ports.some((port) => port.name === backend.service.port.name))
            yield 'Ingress leads to no port of a service';
    for (const monitor of of('ServiceMonitor')) {
      const found = of('Service')
        .filter((service) => covers(monitor.spec.selector.matchLabels, service.metadata.labels));
      if (found.length !== 1) yield `ServiceMonitor selects ${found.length} services, not one`;
      for (const { port, honorLabels } of monitor.spec.endpoints) {
        if (!found.every((service) => service.spec.ports.some(({ name }) => name === port)))
          yield `ServiceMonitor scrapes ${port}, which the service lacks`;
        if (!honorLabels) yield 'ServiceMonitor renames the labels namespace and endpoint of the metrics';
      }
      if (!found.every((service) => service.metadata.labels[monitor.spec.jobLabel] === 'vectorcluster'))
        yield 'ServiceMonitor gives silos a job that the alerts do not know';
    }
    for (const scaler of of('HorizontalPodAutoscaler'))
      if (scaler.spec.scaleTargetRef.name !== set.metadata.name) yield 'HorizontalPodAutoscaler scales something else';
  },

  *'probes ask what they should, over what is spoken'({ container, env }) {
    const scheme = env.has('Kestrel__Certificates__Default__Path') ? 'HTTPS' : 'HTTP';
    const paths = { startupProbe: '/livez', livenessProbe: '/livez', readinessProbe: '/readyz' };
    for (const [kind, path] of Object.entries(paths)) {
      if (container[kind]?.httpGet?.path !== path) yield `${kind} does not ask ${path}`;
      if (container[kind]?.httpGet?.scheme !== scheme) yield `${kind} does not speak ${scheme}`;
    }
  },

  *'the grace period fits the drain'({ pod, container, env }) {
    const [, days, hours, minutes, seconds] =
      /^(\d+)\.(\d\d):(\d\d):(\d\d)$/.exec(env.get('VectorCluster__DrainTimeout')?.value ?? '') ?? [];
    const drain = ((days * 24 + +hours) * 60 + +minutes) * 60 + +seconds;
    const preStop = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
    if (!(pod.spec.terminationGracePeriodSeconds > preStop + drain + closingSeconds))
      yield `terminationGracePeriodSeconds ${pod.spec.terminationGracePeriodSeconds} is too short for ${drain}`;
  },

  *'silos take no more than they need'({ pod, container, of }) {
    const pods = [pod, ...of('Pod')].map((each) => each.spec);
    for (const { securityContext, containers, automountServiceAccountToken } of pods) {
      if (!securityContext?.runAsNonRoot || !(securityContext.runAsUser > 0)) yield 'a pod may run as root';
      if (securityContext?.seccompProfile?.type !== 'RuntimeDefault') yield 'a pod has no seccomp profile';
      if (automountServiceAccountToken !== false) yield 'a pod mounts a token';
      for (const { name, securityContext: own, resources } of containers) {
        if (own?.readOnlyRootFilesystem !== true) yield `${name} may write to its root file system`;
        if (own?.allowPrivilegeEscalation !== false) yield `${name} may gain privileges`;
        if (!isDeepStrictEqual(own?.capabilities?.drop, ['ALL'])) yield `${name} has capabilities`;
        if (resources?.limits?.cpu) yield `${name} has a limit of CPU`;
        if (!resources?.limits?.memory || !resources.requests?.cpu) yield `${name} does not say what it needs`;
      }
    }
    if (container.resources?.limits?.memory !== container.resources?.requests?.memory)
      yield 'the memory of silo that is requested is not its limit';
  },

  *'settings exist, once each'({ container, env }) {
    const names = container.env.map((entry) => entry.name);
    for (const name of names.filter((each, i) => names.indexOf(each) !== i)) yield `${name} is set twice`;
    for (const name of names) if (name !== 'POD_IP' && !isSetting(name)) yield `${name} is no setting`;
    if (env.get('POD_IP')?.valueFrom?.fieldRef?.fieldPath !== 'status.podIP') yield 'POD_IP is not the IP of the pod';
    if (env.get('VectorCluster__AdvertisedIP')?.value !== '$(POD_IP)') yield 'AdvertisedIP is not the IP of the pod';
    if (names.indexOf('POD_IP') > names.indexOf('VectorCluster__AdvertisedIP')) yield 'POD_IP is set too late';
  },

  *'secrets are referred to, never there'({ documents, of, container }) {
    if (of('Secret').length > 0) yield 'the chart makes a Secret';
    for (const { name, value, valueFrom } of container.env)
      if (isSecret(name) && (value !== undefined || !valueFrom?.secretKeyRef?.name))
        yield `${name} is not from a Secret`;
    if (/(password|pwd)=|-----BEGIN|sha256:[0-9a-f]{64}"/i.test(JSON.stringify(documents.map(withoutImages))))
      yield 'something that looks like a secret stands in a document';
  },

  *'files are mounted where settings look for them'({ pod, container, env }) {
    const volumes = new Map(pod.spec.volumes.map((volume) => [volume.name, volume]));
    const mounts = container.volumeMounts;
    for (const { name } of mounts) if (!volumes.has(name)) yield `${name} is mounted, and no volume`;
    for (const name of volumes.keys()) if (!mounts.some((mount) => mount.name === name)) yield `${name} is not mounted`;
    if (!volumes.get(mounts.find((mount) => mount.mountPath === '/tmp')?.name)?.emptyDir) yield '/tmp is read-only';
    for (const { name, subPath } of mounts) if (subPath) yield `${name} would not follow a change of its Secret`;
    for (const [name, { value }] of env) {
      if (!value?.startsWith('/etc/')) continue;
      const at = value.lastIndexOf('/');
      const mount = mounts.find((each) => each.mountPath === value.slice(0, at));
      const secret = volumes.get(mount?.name)?.secret;
      const items = secret?.items ?? [{ path: 'tls.crt' }, { path: 'tls.key' }];
      if (!secret || !items.some((item) => item.path === value.slice(at + 1))) yield `${name} names no mounted file`;
      else if (secret.defaultMode !== 0o440) yield `${mount.name} can be read by others, or not by the silo`;
    }
  },

  *'silos never listen without keys unasked'({ env }) {
    const closed = ['VectorCluster__Access__KeysFile', 'VectorCluster__Access__Jwt__Keys__0__PublicKeyFile',
      'VectorCluster__Access__Jwt__Keys__0__SecretFile'].some((name) => env.has(name));
    if (!closed && env.get('VectorCluster__Access__AllowWithoutKeys')?.value !== 'true') yield 'a silo would not start';
  },

  *'the ports of Orleans are open to silos and named peers only'({ of, pod }) {
    for (const policy of of('NetworkPolicy'))
      for (const { ports, from } of policy.spec.ingress)
        for (const { port } of ports) {
          if (port === 'http') continue;
          if (!from?.length) yield `everyone reaches ${port}`;
          const onlySilos = from?.every((peer) => covers(peer.podSelector?.matchLabels, pod.metadata.labels));
          if (port === 'silo' && !onlySilos) yield 'more than silos reach the port silo';
        }
  },

  *'documents have names of their own, the namespace and the labels'({ documents }) {
    const names = documents.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    for (const name of names.filter((each, i) => names.indexOf(each) !== i)) yield `there are two of ${name}`;
    for (const { kind, metadata } of documents) {
      if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(metadata.name)) yield `${kind} is named ${metadata.name}`;
      if (!metadata.namespace) yield `${kind} has no namespace`;
      for (const label of ['name', 'instance', 'component', 'version', 'managed-by'])
        if (!metadata.labels?.[`app.kubernetes.io/${label}`]) yield `${kind} has no label ${label}`;
    }
  },
};

function antiAffinityOf(pod) {
  const rule = pod.spec.affinity?.podAntiAffinity ?? {};
  return [
    ...(rule.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(rule.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((each) => each.podAffinityTerm),
  ];
}

const withoutImages = (document) =>
  JSON.parse(JSON.stringify(document, (key, value) => (key === 'image' ? undefined : value)));

/** What breaks a rule, each as "rule: what". */
export function ruleFaults(documents) {
  const found = read(documents);
  return Object.entries(rules)
    .flatMap(([name, rule]) => [...rule(found)].map((fault) => `${name}: ${fault}`));
}

export const ruleNames = Object.keys(rules);
