// Checks OpenAPI files by Redocly's recommended rules. Usage: node openapi.js FILE... Says what is wrong, a line each.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const manifest = createRequire(import.meta.url).resolve('@redocly/cli/package.json');
const cli = join(dirname(manifest), 'bin', 'cli.js');
for (const file of process.argv.slice(2)) {
  const ran = spawnSync(process.execPath, [cli, 'lint', file, '--extends=recommended', '--format=json', '--max-problems=1000'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  try {
    for (const { ruleId, message, location } of JSON.parse(ran.stdout).problems) console.log(`${file}: ${ruleId}: ${message} (${location?.[0]?.pointer ?? ''})`);
  } catch {
    console.log(`${file}: the check itself failed:\n${ran.stdout}\n${ran.stderr}`);
  }
}
