// Writes dist/SOURCES.sha256: what this build was made from and what it made, in the format of
// sha256sum, relative to dashboards/. tests/browser/dist_is_fresh.py checks it, so that sources
// cannot change without a new build, nor the build be edited by hand.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const dashboards = fileURLToPath(new URL('../..', import.meta.url));
const roots = [
  'ui/.npmrc',
  'ui/index.html',
  'ui/package.json',
  'ui/package-lock.json',
  'ui/tsconfig.json',
  'ui/vite.config.ts',
  'ui/public',
  'ui/scripts',
  'ui/src',
  'dist',
];

function filesUnder(path) {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.flatMap((entry) => {
    const child = join(path, entry.name);
    return entry.isDirectory() ? filesUnder(child) : [child];
  });
}

function expand(root) {
  const path = join(dashboards, root);
  try {
    return filesUnder(path);
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path];
    throw error;
  }
}

const seal = join(dashboards, 'dist/SOURCES.sha256');
const lines = roots
  .flatMap(expand)
  .filter((path) => path !== seal)
  .map((path) => [
    relative(dashboards, path),
    createHash('sha256').update(readFileSync(path)).digest('hex'),
  ])
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, hash]) => `${hash}  ${name}\n`);
writeFileSync(seal, lines.join(''));
console.log(`dist sealed over ${lines.length} files`);
