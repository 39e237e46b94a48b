import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { addonPlugin } from './addon-plugin.mjs';
import { buildInfoPlugin } from './build-info.mjs';
import { checkBundle } from './check-imports.mjs';
import { lazyPlugin } from './lazy-plugin.mjs';
import { licenceComment } from './licences.mjs';
import { quickly } from './pack.mjs';
import { Payload } from './payload.mjs';
import { promptsPlugin } from './prompts-plugin.mjs';
import { speechPlugin } from './speech-plugin.mjs';
import { sqlitePlugin } from './sqlite-plugin.mjs';
import { startOf, startPlugin } from './start-plugin.mjs';

/** Boards that exist for trying things out; every other one is for a real unit. */
const SIMULATED = ['sim'];

const NAME = 'understudy';

/** The main thread, whose program is the board's entry. */
const MAIN = 'control';

export class BuildError extends Error {}

/**
 * Makes <out>/<board>/understudy.cjs with the source maps of its threads and meta.json.
 * `node` { folder, version }: the Node that will run it, for addons that know one version only; undefined = the one that builds. Resolves to { file, sizes }; throws BuildError with all faults, one per line.
 */
export async function buildBoard({ root, board, out, archs, node, info, prompts }) {
  const entry = `board/${board}/entry.ts`;
  if (!existsSync(path.join(root, entry))) throw new BuildError(`${entry} is missing: a board needs an entry`);
  const { build } = await import('esbuild');
  const payload = new Payload();
  const result = await build({
    absWorkingDir: root,
    entryPoints: [{ in: startOf(entry), out: bundleName(MAIN) }, ...threads(root, board).map(({ file, thread }) => ({ in: startOf(file), out: bundleName(thread) }))],
    outdir: path.join(root, 'dist', board), // whatever `out` is: the source map names files from here
    outExtension: { '.js': '.cjs' },
    write: false,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false }, // code that comes out of a cache has no import()
    mainFields: ['module', 'main'],
    minifySyntax: true,
    minifyWhitespace: true, // names stay, for stack traces
    lineLimit: 200,
    charset: 'ascii', // one byte for each character, in the file and in memory
    legalComments: 'none',
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'silent',
    plugins: [startPlugin(root), lazyPlugin, addonPlugin({ root, archs, node, payload }), promptsPlugin(prompts, payload), speechPlugin(root, payload), sqlitePlugin(root, payload), buildInfoPlugin({ ...info, board })],
  }).catch(explain);
  const faults = checkBundle(root, result.metafile, !SIMULATED.includes(board));
  if (faults.length > 0) throw new BuildError(faults.join('\n'));
  const file = await write(root, path.join(out, board), result, payload);
  return { file, sizes: sizesOf(file, result) };
}

/** What a plugin of ours threw is clear by itself; what esbuild found is shown with its place in the source. */
async function explain(error) {
  if (!error.errors) throw error;
  const thrown = error.errors.map(({ detail }) => detail).find((detail) => detail instanceof Error);
  if (thrown) throw thrown;
  const { formatMessages } = await import('esbuild');
  throw new BuildError((await formatMessages(error.errors, { kind: 'error' })).join('').trimEnd());
}

/** One program for each thread, so that none compiles and holds what another one needs: board/common/threads, where the board has no other of that name. */
function threads(root, board) {
  const files = ['board/common/threads', `board/${board}/threads`].filter((folder) => existsSync(path.join(root, folder))).flatMap((folder) =>
    readdirSync(path.join(root, folder)).filter((name) => name.endsWith('.ts')).map((name) => [path.basename(name, '.ts'), `${folder}/${name}`]));
  return [...new Map(files)].sort(([one], [other]) => one.localeCompare(other)).map(([thread, file]) => ({ thread, file }));
}

const bundleName = (thread) => (thread === MAIN ? NAME : `${NAME}.${thread}`);

async function write(root, folder, { outputFiles, metafile }, payload) {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${NAME}.cjs`);
  for (const { path: place, text } of outputFiles) {
    const name = path.basename(place);
    if (name.endsWith('.map')) writeFileSync(path.join(folder, name), text);
    else payload.addCode(name.split('.').at(-2).replace(NAME, MAIN), text, quickly(Buffer.from(text, 'latin1')));
  }
  writeFileSync(file, payload.file(root, licenceComment(root, metafile)), { mode: 0o755 });
  writeFileSync(path.join(folder, 'meta.json'), `${JSON.stringify(metafile, null, 1)}\n`);
  return file;
}

/** Bytes in the bundles of all threads by origin: a folder of ours, a package, or what the build put in. */
function sizesOf(file, { metafile }) {
  const bundles = Object.values(metafile.outputs).filter((output) => output.entryPoint !== undefined);
  const sizes = new Map();
  for (const [input, { bytesInOutput }] of bundles.flatMap(({ inputs }) => Object.entries(inputs))) {
    const origin = originOf(input);
    sizes.set(origin, (sizes.get(origin) ?? 0) + bytesInOutput);
  }
  return { total: statSync(file).size, byOrigin: [...sizes].sort(([, one], [, other]) => other - one) };
}

function originOf(input) {
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input);
  if (inPackage) return inPackage[1];
  return input.includes(':') ? input.slice(0, input.indexOf(':')) : input.split('/').slice(0, 2).join('/');
}
