// The licence list: what is in the image, and under which terms; the texts of all of them below.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { licenceText, packageFolders } from '../build/licences.mjs';

/** npm's packages in the unit's program: [{ name, version, licence, integrity, text }], read from esbuild's account beside the program. */
export function npmPackages(root, program) {
  const metafile = JSON.parse(readFileSync(path.join(path.dirname(program), 'meta.json'), 'utf8'));
  const locked = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  return packageFolders(metafile).map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    return { name, version, licence: license, integrity: locked[folder]?.integrity, text: licenceText(path.join(root, folder)) ?? '(the package has no licence text)\n' };
  });
}

/** @param parts { own: text, node: { version, text }, npm, debian: [{ name, version, source, text }] } */
export function licenceList({ own, node, npm, debian }) {
  const sections = [
    ['Understudy (Apache-2.0)', own],
    [`Node.js ${node.version}, with all that is inside it`, node.text],
    ...npm.map(({ name, version, licence, text }) => [`npm ${name} ${version} (${licence})`, text]),
    ...debian.map(({ name, version, source, text }) => [`Debian ${name} ${version}, source package ${source}`, text]),
  ];
  const names = sections.map(([title]) => `  ${title}\n`).join('');
  return `What is in this image, and under which licences. The sources of Debian's packages are in Debian's archive, by the versions named here.\n\n${names}\n${sections.map(([title, text]) => `${'='.repeat(100)}\n${title}\n\n${text.trimEnd()}\n`).join('\n')}`;
}
