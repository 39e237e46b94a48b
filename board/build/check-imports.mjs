import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { brokenBundleRule, brokenRule } from './import-rules.mjs';
import { scanImports } from './scan-imports.mjs';

const FOLDERS = ['hal', 'firmware', 'board', 'test'];

/** Every broken import rule in the sources below `root`, as 'file:line: imports x: the rule'. */
export function checkSources(root) {
  return sourceFiles(root).flatMap((file) =>
    scanImports(readFileSync(path.join(root, file), 'utf8'))
      .map(({ name, line }) => fault(file, line, own(file, name) ?? name))
      .filter((text) => text !== undefined));
}

/**
 * The same for what went into a bundle, from esbuild's own account: it sees what a scan of the text could miss. In a
 * production bundle it also tells simulation and test code, with the import that brought it in.
 */
export function checkBundle(root, metafile, production) {
  const edges = Object.entries(metafile.inputs).flatMap(([from, { imports }]) =>
    imports.map(({ path: to, original }) => ({ from, to: to.replace(/^lazy:/, ''), name: original ?? to })));
  return edges.flatMap(({ from, to, name }) => {
    const rule = brokenRule(from, to) ?? (production ? brokenBundleRule(to) : undefined);
    return rule === undefined ? [] : [`${from}:${lineOf(root, from, name)}: imports ${to}: ${rule}`];
  });
}

function sourceFiles(root) {
  return FOLDERS.filter((folder) => existsSync(path.join(root, folder))).flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true })
      .map((name) => path.posix.join(folder, String(name)))
      .filter((file) => /\.[mc]?tsx?$/.test(file))
      .sort());
}

function fault(file, line, to) {
  const rule = brokenRule(file, to);
  return rule === undefined ? undefined : `${file}:${line}: imports ${to}: ${rule}`;
}

/** The path below the root of a relative import, or undefined for a package. */
function own(file, name) {
  return name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name) : undefined;
}

function lineOf(root, file, name) {
  const place = path.join(root, file);
  if (!existsSync(place)) return 1;
  return scanImports(readFileSync(place, 'utf8')).find((one) => one.name === name)?.line ?? 1;
}
