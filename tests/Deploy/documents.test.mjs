// What the documents say about Kubernetes, Docker and Prometheus: their commands can't run here (tests/Docs lists
// them), but what they name has to be there, and what they set has to render.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { defaults, faultsOf, merge, readText, release, render, root, skip } from './chart.mjs';

const guides = readdirSync(join(root, 'docs', 'guides')).filter((name) => name.endsWith('.md'))
  .map((name) => join('docs', 'guides', name));
const documents = ['README.md', join('deploy', 'helm', 'vectorcluster', 'README.md'), ...guides];

/** Fenced blocks of a language, with the document that each is from. */
const blocks = (language) => documents.flatMap((document) =>
  [...readText(document).matchAll(new RegExp(`^ *\`\`\`${language}\n([^]*?)^ *\`\`\`$`, 'gm'))]
    .map(([, text]) => ({ document, text })));

/** Lines of commands, with continued ones joined. */
const commands = blocks('bash').flatMap(({ document, text }) =>
  text.replaceAll(/\\\n\s*/g, ' ').split('\n').map((line) => ({ document, line: line.trim() })));
const starting = (...words) => commands.filter(({ line }) => words.some((word) => line.startsWith(word)));

/** a.b=c as { a: { b: c } }. */
const settingOf = (pair) => {
  const [, path, value] = /^([\w.]+)=(.*)$/.exec(pair);
  return path.split('.').reduceRight((inner, name) => ({ [name]: inner }), value);
};
const settingsOf = (line) => [...line.matchAll(/--set (\S+)/g)].map(([, pair]) => settingOf(pair)).reduce(merge, {});
const least = { postgres: { existingSecret: 'vectors-postgres' }, access: { existingSecret: 'vectors-keys' } };
const valuesOf = (line) => (line.includes('--reuse-values') ? merge(least, settingsOf(line)) : settingsOf(line));
const helm = starting('helm install ', 'helm upgrade ');

test('documents: helm commands set what the chart has', () => {
  assert.ok(helm.length >= 3);
  for (const { document, line } of helm) {
    assert.match(line, new RegExp(`^helm (install|upgrade) ${release} deploy/helm/vectorcluster `), document);
    assert.deepEqual(faultsOf(valuesOf(line)), [], `${document}: ${line}`);
  }
});

test('documents: helm commands render, and kubectl names what they make', { skip }, () => {
  const sets = helm.map(({ line }) => render(valuesOf(line)).find(({ kind }) => kind === 'StatefulSet'));
  for (const { document, line } of starting('kubectl ')) {
    const [, name] = /statefulset\/(\S+)/.exec(line) ?? [];
    if (name) for (const set of sets) assert.equal(name, set.metadata.name, `${document}: ${line}`);
    const [, selector] = /--selector (\S+)/.exec(line) ?? [];
    for (const pair of selector?.split(',') ?? []) {
      const [label, value] = pair.split('=');
      assert.equal(sets[0].spec.template.metadata.labels[label], value, `${document}: ${line}`);
    }
  }
});

test('documents: the secrets that are made are those that the chart is given, with its keys', () => {
  const made = starting('kubectl create secret generic ');
  assert.ok(made.length >= 4);
  for (const { document, line } of made) {
    const [, name, key] = /generic (\S+) .*--from-(?:literal|file)=([\w.-]+)/.exec(line);
    const [wanted] = [defaults.postgres, defaults.access].filter((part) => part.key === key);
    assert.ok(wanted, `${document}: the chart wants no key ${key}`);
    assert.ok(helm.some(({ line: install }) => install.includes(`existingSecret=${name}`)), `${document}: ${name}`);
  }
});

test('documents: files of deploy/ that commands name are there', () => {
  const named = commands.flatMap(({ document, line }) =>
    [...line.matchAll(/(?<![\w/])deploy\/[\w./-]+/g)].map(([file]) => ({ document, file })));
  assert.ok(named.length >= 6);
  for (const { document, file } of named) assert.ok(existsSync(join(root, file)), `${document}: ${file}`);
});

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

test('documents: yaml is what its reader takes', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vectorcluster-yaml-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const found = blocks('yaml');
  assert.ok(found.length >= 1);
  for (const { document, text } of found) {
    const value = parse(text, { uniqueKeys: true });
    if (!value.scrape_configs) {
      assert.deepEqual(faultsOf(merge(least, value)), [], `${document}: neither Prometheus' nor values of the chart`);
    } else if (hasPromtool) {
      const file = join(folder, 'prometheus.yml');
      writeFileSync(file, text);
      const { status, stdout, stderr } = spawnSync(
        'promtool', ['check', 'config', '--syntax-only', file], { encoding: 'utf8' });
      assert.equal(status, 0, `${document}: ${stdout}${stderr}`);
    } else {
      context.diagnostic(`${document}: promtool is not here, so only the form was looked at`);
      for (const job of value.scrape_configs) assert.ok(job.job_name && job.static_configs.length > 0, document);
    }
  }
});
