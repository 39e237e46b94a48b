// Writes the pages of all actions of call flows, out of their schemas: npm run docs
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const source = `
export { actionPages, pagesFolder } from './board/build/action-pages.ts';
export { actions } from './firmware/callflow/actions/actions.ts';
`;
const { outputFiles } = await build({ stdin: { contents: source, resolveDir: root }, bundle: true, format: 'esm', platform: 'node', write: false, logLevel: 'error' });
const { actionPages, actions, pagesFolder } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
const folder = path.join(root, pagesFolder);
const pages = actionPages(actions);
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) if (!pages.has(name)) rmSync(path.join(folder, name));
for (const [name, text] of pages) writeFileSync(path.join(folder, name), text);
console.log(`${pagesFolder}: ${pages.size} pages`);
