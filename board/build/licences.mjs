// The one file carries other people's packages, and their licences ask that their text goes with them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A JavaScript comment with the licences of all packages that a bundle contains. */
export function licenceComment(root, metafile) {
  const folders = packageFolders(metafile);
  if (folders.length === 0) return '';
  const texts = folders.map((folder) => licenceOf(path.join(root, folder)));
  return `/*\nThis file contains:\n\n${narrow(texts.join('\n\n')).replaceAll('*/', '* /')}\n*/`;
}

/** Where the packages are that a bundle contains, from the root of the project. */
export function packageFolders(metafile) {
  return [...new Set(Object.keys(metafile.inputs).map(packageFolder).filter((folder) => folder !== undefined))].sort();
}

/** One letter beyond Latin-1 would make two bytes of every letter of the file, in the memory of who reads it. */
const narrow = (text) => text.replaceAll(/[\u2018\u2019]/g, "'").replaceAll(/[\u201c\u201d]/g, '"').replaceAll(/[\u2013\u2014]/g, '-').replaceAll(/[^\u0000-\u00ff]/g, '?');

function packageFolder(input) {
  return /^(?:[a-z]+:)?((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const text = licenceText(folder);
  return `${name} ${version} (${license})${text === undefined ? '' : `\n${text.trim()}`}`;
}

/** As the package has it; undefined when it brings none. */
export function licenceText(folder) {
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  return file === undefined ? undefined : readFileSync(path.join(folder, file), 'utf8');
}
