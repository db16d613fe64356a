// Checks documents against Kubernetes' own schemas.
import * as apps from 'kubernetes-models/apps/v1';
import * as autoscaling from 'kubernetes-models/autoscaling/v2';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import * as monitoring from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';

const groups = {
  v1: core,
  'apps/v1': apps,
  'autoscaling/v2': autoscaling,
  'networking.k8s.io/v1': networking,
  'policy/v1': policy,
  'monitoring.coreos.com/v1': monitoring,
};
const topLevel = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'data', 'automountServiceAccountToken']);

/** Hands out value so that it is known afterwards which members were looked at. */
function watched(value, path, seen) {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      if (typeof key === 'string') seen.add(`${path}/${key}`);
      return Object.hasOwn(target, key) ? watched(target[key], `${path}/${String(key)}`, seen) : target[key];
    },
  });
}

function* pathsOf(value, path) {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    yield `${path}/${key}`;
    yield* pathsOf(member, `${path}/${key}`);
  }
}

/** What is wrong with a document: its kind is not known, a field has a wrong value, or no schema has such a field.
 * The validators are generated code that reads every field which it knows: one that is never read is unknown. */
export function schemaFaults(document) {
  const Model = groups[document.apiVersion]?.[document.kind];
  if (!Model) return [`there is no schema of ${document.apiVersion} ${document.kind}`];
  const seen = new Set();
  try {
    const model = new Model(document); // reads every field: it is watched only from here on
    for (const key of Object.keys(model)) model[key] = watched(model[key], `/${key}`, seen);
    model.validate();
  } catch (error) {
    return [error.message];
  }
  return [...pathsOf(document, '')]
    .filter((path) => (path.lastIndexOf('/') === 0 ? !topLevel.has(path.slice(1)) : !seen.has(path)))
    .map((path) => `${path} is unknown`);
}
