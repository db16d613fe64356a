// The settings that a silo knows, from the guide that a test of the repository compares with the source.
import { readText } from './chart.mjs';

// Read by .NET and by OpenTelemetry themselves.
const others = /^(Kestrel__Certificates__Default__(Path|KeyPath|Password)|OTEL_[A-Z_]+|DOTNET_[A-Za-z_]+)$/;

const known = new Set();
let section = '';
for (const line of readText('docs', 'guides', 'configuration.md').split('\n')) {
  const heading = /^## (VectorCluster[^ ]*)/.exec(line);
  if (heading) section = heading[1].replaceAll(':', '__');
  const row = /^\| `(\w+)` \|/.exec(line);
  if (row) known.add(`${section}__${row[1]}`);
}

/** Whether a silo reads such an environment variable. */
export const isSetting = (name) => known.has(name.replace(/__\d+__/g, '__0__')) || others.test(name);

/** Whether what it says must not stand in a manifest. */
export const isSecret = (name) =>
  name === 'VectorCluster__Postgres' || /(Secret|Password|Token|Hash|HEADERS|connectionstring)$/i.test(name);
