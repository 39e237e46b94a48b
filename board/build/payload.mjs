import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * What is no code, and the code itself, at the end of the built file: base64 of brotli-packed sections inside one comment, which JavaScript skips.
 * As strings in the code they would lie in the memory of each thread for as long as it runs.
 */
export class Payload {
  #sections = new Map();
  #programs = {};

  /** @param packed the section's bytes, packed by brotli as a whole or in parts. A name that is there already must mean the same bytes. */
  add(name, packed) {
    this.#sections.set(name, packed);
  }

  /** The program of a thread. @param code its text, Latin-1 */
  addCode(thread, code, packed) {
    this.#programs[thread] = { sum: createHash('sha256').update(code, 'latin1').digest('hex').slice(0, 32), bytes: code.length };
    this.add(`code ${thread}`, packed);
  }

  /**
   * The whole file: the loader, the licences, then the sections. The loader knows where each lies, counted from the end of the file, so that
   * nothing before them matters.
   */
  file(root, licences) {
    const names = [...this.#sections.keys()].sort();
    const texts = names.map((name) => this.#sections.get(name).toString('base64'));
    const end = '\n*/\n';
    let fromEnd = end.length + texts.reduce((sum, text) => sum + text.length + 1, 0) - 1;
    const table = {};
    for (const [index, name] of names.entries()) {
      table[name] = [fromEnd, texts[index].length];
      fromEnd -= texts[index].length + 1;
    }
    const loader = readFileSync(path.join(root, 'board/build/loader.cjs'), 'utf8')
      .replace('{} /* the build puts the table here */', JSON.stringify(table))
      .replace('{} /* the build puts the checksums here */', JSON.stringify(this.#programs));
    return `${loader}${licences}\n/*\n${texts.join('\n')}${end}`;
  }
}
