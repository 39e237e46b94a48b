// Settings that are compiled into somebody else's program, exchanged in place.
import { ImageError } from './image-error.mjs';

/**
 * The bytes with each [from, to] of `edits` exchanged. Errors: ImageError when a text is not there exactly once, or has another length: a later version of the
 * program may hold something else there.
 */
export function edited(bytes, edits, name) {
  const made = Buffer.from(bytes);
  for (const [from, to] of edits) {
    const [text, instead] = [Buffer.from(from, 'latin1'), Buffer.from(to, 'latin1')];
    const at = made.indexOf(text);
    if (at < 0 || made.indexOf(text, at + 1) >= 0 || text.length !== instead.length) {
      throw new ImageError(`${name}: ${JSON.stringify(from)} cannot be exchanged for ${JSON.stringify(to)}: it has to be there once, and as long; look at what this version holds and change board/BOARD/image.mjs`);
    }
    instead.copy(made, at);
  }
  return made;
}
