// Part of every built file: how it starts threads.
import { dirname } from 'node:path';
import { payload } from './sections.ts';

/**
 * The text of a program for a thread that does what this file does. It unpacks the code out of the open file; a thread that is given the file's name
 * reads and parses all of it, with everything that is packed, and may find another release there.
 */
export function threadCode(): string {
  return `{
const { Module } = require('node:module');
const payload = ${JSON.stringify(payload)};
const program = new Module(payload.name);
program.filename = payload.name;
program.paths = Module._nodeModulePaths(${JSON.stringify(dirname(payload.name))});
(${payload.run})(payload, program, require);
}`;
}
