// The one file carries other people's packages, and their licences ask that their text goes with them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A JavaScript comment with the licences of all packages that a bundle contains. */
export function licenceComment(root, metafile) {
  const folders = new Set(Object.keys(metafile.inputs).map(packageFolder).filter((folder) => folder !== undefined));
  if (folders.size === 0) return '';
  const texts = [...folders].sort().map((folder) => licenceOf(path.join(root, folder)));
  return `/*\nThis file contains:\n\n${texts.join('\n\n').replaceAll('*/', '* /')}\n*/`;
}

function packageFolder(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${readFileSync(path.join(folder, file), 'utf8').trim()}`;
  return `${name} ${version} (${license})${text}`;
}
