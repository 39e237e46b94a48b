// The command line of npm run image.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { firstSentence } from '../setup/command-line.mjs';
import { ImageUsageError } from './image-error.mjs';

export const help = `npm run image -- BOARD [options]     makes dist/BOARD/understudy.img, the update bundle understudy.raucb, SBOM and licences
  --out DIR            instead of dist
  --key, --cert, --ca  PEM files: the signer's key and certificate, the authority that units trust (or UNDERSTUDY_SIGNING_KEY, _CERT, _CA);
                       without them an authority for development is made in .cache
  --floor VERSION      the oldest version that a unit with this image goes back to
  --version VERSION    instead of the package's: for a candidate, or to try an update with
  --quick              a bundle that is packed in a moment and is a fifth larger: to try things with
  --program FILE       a built understudy.cjs for that board, its meta.json beside it, instead of building it
  --todays-packages    take the newest versions of Debian's packages, whatever the lock file names: to try out, where a named one is not to be had any more
  --renew-packages     record the newest versions of Debian's packages in the lock file, and make no image
`;

/** Folders of board/ that say how their image is made. */
export const boardsWithImage = (root) => readdirSync(path.join(root, 'board')).filter((name) => existsSync(path.join(root, 'board', name, 'image.mjs'))).sort();

/** Throws ImageUsageError. */
export function imageOptions(words, root, environment) {
  const { values, positionals } = parsed(words);
  const boards = boardsWithImage(root);
  const choice = `The boards are: ${boards.join(', ')}.`;
  if (values.help) return { help: true };
  if (values['renew-packages']) return { renew: true };
  if (positionals.length !== 1) throw new ImageUsageError(`Name one board: npm run image -- BOARD. ${choice}`);
  if (!boards.includes(positionals[0])) throw new ImageUsageError(`${positionals[0]} is no board that an image is made for. ${choice}`);
  const signing = { key: values.key ?? environment.UNDERSTUDY_SIGNING_KEY, cert: values.cert ?? environment.UNDERSTUDY_SIGNING_CERT, ca: values.ca ?? environment.UNDERSTUDY_SIGNING_CA };
  return { board: positionals[0], out: path.resolve(values.out ?? path.join(root, 'dist')), signing, program: values.program, floor: values.floor, version: versionOf(values.version), quick: values.quick, todays: values['todays-packages'] };
}

/** As units read it (firmware/update/version-order.ts), or they refuse the bundle. */
function versionOf(version) {
  if (version === undefined || /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(version)) return version;
  throw new ImageUsageError(`--version ${version}: a version is three numbers, as 1.2.3 or 1.2.3-rc.1`);
}

function parsed(words) {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  try {
    return parseArgs({ args: words, allowPositionals: true, options: { out: text, key: text, cert: text, ca: text, program: text, floor: text, version: text, quick: flag, 'renew-packages': flag, 'todays-packages': flag, help: flag } });
  } catch (error) {
    throw new ImageUsageError(`${firstSentence(error.message)}\n\n${help}`);
  }
}
