// Writes the pin-outs of the boards that have a header, from their data: node board/build/pinout.mjs
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { replaceTable } from './pinout-table.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const source = `
export { pinoutSvg, pinoutTable } from './board/build/pinout.ts';
export { header, wiredPins as pins } from './board/rpi-cm4/header.ts';
`;
const { outputFiles } = await build({ stdin: { contents: source, resolveDir: root }, bundle: true, format: 'esm', platform: 'node', write: false, logLevel: 'error' });
const { header, pins, pinoutSvg, pinoutTable } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
const folder = path.join(root, 'board/rpi-cm4');
writeFileSync(path.join(folder, 'pinout.svg'), pinoutSvg({ header, pins }, 'Pin-out of board rpi-cm4'));
replaceTable(path.join(folder, 'README.md'), pinoutTable({ header, pins }));
