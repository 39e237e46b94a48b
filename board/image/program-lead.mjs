// The first lines of the program as a file of their own: Node reads and parses a file whole, and nineteen of its megabytes are packed sections, which cost
// every start of a small board a second.
import { readFileSync } from 'node:fs';
import { ImageError } from './image-error.mjs';

/** The loader is the block that the file begins with (board/build/loader.cjs). */
const end = '\n}\n';
const opensItself = "openSync(__filename, 'r')";

/** The loader of a built program, which finds the sections in the file `packed`. Errors: ImageError when the file does not begin as builds do. */
export function programLead(program, packed) {
  const text = readFileSync(program, 'latin1');
  const loader = text.slice(0, text.indexOf(end) + end.length);
  const parts = loader.split(opensItself);
  if (parts.length !== 2) throw new ImageError(`${program} does not begin with the loader of a build: it opens itself ${parts.length - 1} times`);
  return parts.join(`openSync(${JSON.stringify(packed)}, 'r')`);
}
