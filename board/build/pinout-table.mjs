import { readFileSync, writeFileSync } from 'node:fs';

const begin = '<!-- pin-out: made by board/build/pinout.mjs -->';
const end = '<!-- end of the pin-out -->';

/** Puts the table between the marks of a README. Throws when they are not there. */
export function replaceTable(file, table) {
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file}: the marks of the pin-out are missing`);
  writeFileSync(file, `${text.slice(0, from)}${begin}\n${table}\n${text.slice(to)}`);
}
