// Bakes the compiled code of the program into the root (board/build/README.md, "Kept code"), so that no start of a unit is a first one.
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ImageError } from './image-error.mjs';
import { runText } from './programs.mjs';

const compiler = fileURLToPath(new URL('compile-code.cjs', import.meta.url));

/** Where the program is on the unit, and where it finds its compiled code. */
export const programPlace = '/usr/lib/understudy/understudy.cjs';
/** The whole of it, with what is packed: programPlace has only its loader (program-lead.mjs). */
export const packedPlace = '/usr/lib/understudy/understudy.packed';
const codePlace = 'usr/lib/understudy/code';

/** Threads that every start needs, beside the main one. */
const THREADS = ['media'];

/** Runs the root's Node on this machine, emulated when it is of another processor. @param tree RootTree with Node, its libraries and the program */
export function bakeCode(tree, processor) {
  const folder = path.join(tree.folder, codePlace);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const node = path.join(tree.folder, 'usr/bin/node');
  const command = [node, '--hash-seed=1', compiler, folder, path.join(tree.folder, programPlace), programPlace, ...THREADS];
  const emulator = process.arch === processor.node ? [] : [processor.qemu, '-L', tree.folder];
  const [program, ...args] = [...emulator, ...command];
  runText(program, args, { env: { PATH: process.env.PATH, HOME: '/nonexistent' } });
  const files = readdirSync(folder);
  if (files.length !== THREADS.length + 1) throw new ImageError(`the compiled code of ${THREADS.length + 1} threads was to be in ${codePlace}, and there is that of ${files.length}`);
  for (const file of files) tree.count('compiled code', statSync(path.join(folder, file)).size);
}
