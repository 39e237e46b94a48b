// node board/setup/ensure.mjs [build|start|test|test-image|image]: looks for what the purpose needs and installs what is missing. When all
// is there it says nothing and takes milliseconds, so every command can begin with it. Node built-ins only.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDebianPackages } from './debian-packages.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { SetupError } from './say.mjs';

const OLDEST_NODE = 20;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * npm packages are a must: throws without them. Programs from Debian are not: what cannot be installed is said, and
 * returned, and what needs it (a language, a test) is left out visibly.
 */
export async function ensure(purpose) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) throw new SetupError(`Node ${OLDEST_NODE} or newer is needed, this is ${process.versions.node}`);
  // Before npm, which compiles what it finds the libraries for.
  const missing = await ensureDebianPackages(purpose);
  await ensureNpmPackages(root);
  if (missing.length > 0) console.log(`  Going on without ${missing.map((need) => need.program ?? need.library).join(', ')}.`);
  return missing;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await ensure(process.argv[2] ?? 'build');
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  }
}
