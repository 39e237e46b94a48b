// npm run image -- BOARD: one file to flash, one to update with. See help in image-options.mjs.
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BuildError, buildBoard } from '../build/build-board.mjs';
import { buildInfo, commitTime } from '../build/build-info.mjs';
import { voicePrompts } from '../build/prompts-plugin.mjs';
import { ensure } from '../setup/ensure.mjs';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { SetupError, step } from '../setup/say.mjs';
import { ImageError, ImageUsageError } from './image-error.mjs';
import { help, imageOptions } from './image-options.mjs';
import { makeImage } from './make-image.mjs';
import { packagesOfToday, renewLock } from './renew-lock.mjs';
import { signer } from './signing.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const cache = path.join(root, '.cache/image');

async function main() {
  process.umask(0o022); // not the one of whoever builds: it would be in the modes of the image's folders
  const options = imageOptions(process.argv.slice(2), root, process.env);
  if (options.help) return console.log(help);
  const missing = await ensure('image');
  if (missing.length > 0) throw new ImageError(`Without ${missing.map(({ program }) => program).join(', ')} no image can be made.`);
  mkdirSync(cache, { recursive: true });
  if (options.renew) return renewLock(root, cache);
  const { image } = await import(pathToFileURL(path.join(root, 'board', options.board, 'image.mjs')).href);
  const built = buildInfo(root);
  const info = { ...built, version: options.version ?? built.version };
  const signedBy = signer(cache, options.signing);
  if (signedBy.isDevelopment) warnOfDevelopment();
  const program = options.program ?? await step(`Building the program of ${options.board}`, () => build(options, image, info));
  const packages = options.todays ? await step("Asking Debian for today's versions", () => packagesOfToday(root, cache)) : undefined;
  const made = await step('Composing the image', () => makeImage({
    root, cache, board: options.board, image, program, info, epoch: dateOfFiles(), signer: signedBy, release: releaseFacts(options.floor), out: options.out, quick: options.quick, packages,
  }));
  report(made);
}

async function build({ board, out }, image, info) {
  const node = await pinnedNode(root, image.processor);
  const { file } = await buildBoard({ root, board, out, archs: [image.processor], node, info, prompts: () => voicePrompts(root) });
  return file;
}

/** firmware/update/release.json: what the next and the last version must know of this one. */
function releaseFacts(floor) {
  const facts = JSON.parse(readFileSync(path.join(root, 'firmware/update/release.json'), 'utf8'));
  return { ...facts, floor: floor ?? facts.floor };
}

/** What all files of the image are dated, in seconds since 1970: the commit's time. A unit's clock is never earlier, so no other will do. */
function dateOfFiles() {
  const time = commitTime(root);
  if (time === undefined) throw new ImageError('The files of an image are dated by the commit, and this is no git repository: make it in a checkout.');
  return time;
}

function warnOfDevelopment() {
  console.log(`
  ATTENTION: no --key, --cert and --ca were given, so this image is signed by an authority for DEVELOPMENT that was made on this machine
  (.cache/image/development-ca). Units with this image take updates from whoever has that folder. Not for units that go to a customer.
`);
}

function report({ files, slotBytes, rootSizes }) {
  const row = (bytes, what) => console.log(`${(bytes / 1024 / 1024).toFixed(2).padStart(9)} MiB  ${what}`);
  console.log('\nThe root by origin:');
  for (const [origin, bytes] of rootSizes) row(bytes, origin);
  console.log('\nMade:');
  row(slotBytes, 'slot, twice in the image');
  for (const file of Object.values(files)) row(statSync(file).size, path.relative(process.cwd(), file));
}

try {
  await main();
} catch (error) {
  const forPeople = [ImageError, BuildError, SetupError].some((kind) => error instanceof kind) || error.name === 'VoicingError';
  console.error(forPeople ? error.message : error);
  process.exitCode = error instanceof ImageUsageError ? 2 : 1;
}
