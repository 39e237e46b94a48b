#!/usr/bin/env node
'use strict';
// The program is packed at the end of this file: `table` says where each section lies, [characters from the end, length], in base64 of brotli.
// This part unpacks the code, runs it, and is forgotten; the file's text, with all that is packed, then leaves the memory.
{
  const { fstatSync, openSync } = require('node:fs');
  const table = {} /* the build puts the table here */;

  /** Threads run this too, by its text (thread-code.ts), so that none of them reads the whole file again: nothing from around it is used. */
  function run(payload, module, require) {
    const { readSync } = require('node:fs');
    const { brotliDecompressSync } = require('node:zlib');
    const [fromEnd, length] = payload.table.code;
    const text = Buffer.alloc(length);
    let code;
    try {
      readSync(payload.file, text, 0, length, payload.size - fromEnd);
      code = brotliDecompressSync(Buffer.from(text.toString('latin1'), 'base64')).toString('latin1');
    } catch {
      process.stderr.write(`understudy: ${payload.name} is damaged or cut off; get it again.\n`);
      process.exit(1);
    }
    globalThis[Symbol.for('understudy.payload')] = payload;
    // As if it stood in this file alone, so that its source map and its imports count.
    module._compile(code, payload.name);
  }

  // Stays open: the sections are those of this program, also when another one has taken the file's name.
  const file = openSync(__filename, 'r');
  // A copy: a piece of a text would keep the whole of it.
  const copy = Buffer.from(String(run)).toString();
  run({ name: __filename, file, size: fstatSync(file).size, table, run: copy }, module, require);
}
