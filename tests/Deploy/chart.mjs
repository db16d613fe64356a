// Renders the chart: with helm where it is on the PATH, else with the renderer beside this file, which needs Go.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { parse, parseAllDocuments, stringify } from 'yaml';

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '..', '..');
export const chart = join(root, 'deploy', 'helm', 'vectorcluster');
export const release = 'vectors';
export const namespace = 'databases';

/** Where Debian's packages put Go's libraries. */
const goPath = '/usr/share/gocode';
const libraries = ['github.com/Masterminds/sprig', 'sigs.k8s.io/yaml'];

const scratch = mkdtempSync(join(tmpdir(), 'vectorcluster-chart-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

// Kubernetes reads YAML 1.1, in which 0440 is an octal number.
const yamlOptions = { version: '1.1', merge: false, uniqueKeys: true };

export const readText = (...path) => readFileSync(join(root, ...path), 'utf8');
export const readYaml = (...path) => parse(readText(...path), yamlOptions);

const works = (command, ...args) => spawnSync(command, args).status === 0;
const hasHelm = works('helm', 'version');
const hasGo = works('go', 'version') && libraries.every((library) => existsSync(join(goPath, 'src', library)));

/** Why nothing can be rendered here, or false. */
export const skip = !hasHelm && !hasGo
  && 'needs helm, or Go with golang-github-masterminds-sprig-dev and golang-k8s-sigs-yaml-dev';

/** values.yaml. */
export const defaults = readYaml('deploy', 'helm', 'vectorcluster', 'values.yaml');

let renderer;
function builtRenderer() {
  if (!renderer) {
    renderer = join(scratch, 'render');
    const env = { ...process.env, GO111MODULE: 'off', GOPATH: goPath, GOFLAGS: '' };
    execFileSync('go', ['build', '-o', renderer, join(here, 'render', 'main.go')], { env });
  }
  return renderer;
}

const schema = JSON.parse(readText('deploy', 'helm', 'vectorcluster', 'values.schema.json'));
const validateValues = new Ajv({ allErrors: true, strict: true, strictTypes: false }).compile(schema);
export { schema };

/** Values merged over others, as Helm does it: null removes. */
export function merge(base, values) {
  if (!isMap(base) || !isMap(values)) return values;
  const result = { ...base };
  for (const [key, value] of Object.entries(values)) {
    if (value === null) delete result[key];
    else result[key] = merge(base[key], value);
  }
  return result;
}

const isMap = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Places at which values break values.schema.json, such as "/replicaCount must be >= 1". */
export function faultsOf(values) {
  validateValues(merge(defaults, values));
  return (validateValues.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

function run(values, extra) {
  const file = join(scratch, 'values.yaml');
  writeFileSync(file, stringify(values));
  const [command, args] = hasHelm
    ? ['helm', ['template', release, chart, '--namespace', namespace, '--values', file,
      '--api-versions', 'monitoring.coreos.com/v1']]
    : [builtRenderer(), ['--chart', chart, '--values', file, '--release', release, '--namespace', namespace, ...extra]];
  const result = spawnSync(command, args, { encoding: 'utf8' });
  return { text: result.stdout, error: result.status === 0 ? null : result.stderr };
}

/** The documents that a release with these values makes. */
export function render(values) {
  const faults = faultsOf(values);
  if (faults.length > 0) throw new Error(`values.schema.json: ${faults.join('; ')}`);
  const { text, error } = run(values, []);
  if (error) throw new Error(error);
  return parseAllDocuments(text, yamlOptions).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  }).filter((document) => document !== null);
}

/** What NOTES.txt says; null with helm, which shows it only where there is a cluster. */
export function renderNotes(values) {
  if (hasHelm) return null;
  const { text, error } = run(values, ['--notes']);
  if (error) throw new Error(error);
  return text;
}
