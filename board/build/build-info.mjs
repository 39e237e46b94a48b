// What a built file says about itself. No time and no machine: the same commit gives the same bytes.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const COMMIT_DIGITS = 12;

/** { version, commit }, as described in virtual-modules.d.ts. */
export function buildInfo(root) {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return { version, commit: commitOf(root) };
}

/** When it was committed, in seconds since 1970; undefined where there is no repository. */
export function commitTime(root) {
  const time = git(root, 'log', '-1', '--format=%ct');
  return time === undefined ? undefined : Number(time);
}

function commitOf(root) {
  // only this project's own repository, not one that happens to lie around it
  if (git(root, 'rev-parse', '--show-prefix') !== '') return 'unknown';
  const commit = git(root, 'rev-parse', `--short=${COMMIT_DIGITS}`, 'HEAD');
  if (commit === undefined) return 'unknown';
  return git(root, 'status', '--porcelain', '--untracked-files=normal') === '' ? commit : `${commit}-modified`;
}

function git(root, ...args) {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** esbuild plugin: the module understudy:build. */
export function buildInfoPlugin(info) {
  return {
    name: 'build-info',
    setup(build) {
      build.onResolve({ filter: /^understudy:build$/ }, () => ({ path: 'understudy:build', namespace: 'build-info' }));
      build.onLoad({ filter: /.*/, namespace: 'build-info' }, () => ({
        contents: Object.entries(info).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`).join(''),
      }));
    },
  };
}
