import { execFile } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { companion } from './companion.ts';

/** Makes Node believe that the addons' packages are not there. */
const hook = `export const resolve = (name, context, next) => { if (name === 'koffi' || name === 'pcap') throw new Error('no such package'); return next(name, context); };`;
const hide = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});`;

test('a machine without the addons loses what needs it, says why, and answers calls all the same', async () => {
  const seen = await new Promise<string>((resolve, reject) => {
    const args = ['--import', `data:text/javascript,${encodeURIComponent(hide)}`, companion('test/contract/without-addon.child.ts')];
    execFile(process.execPath, args, (error, stdout) => (error === null ? resolve(stdout) : reject(error)));
  });
  const refused = 'unsupported';
  assert.equal(JSON.parse(seen), { armed: refused, addresses: [refused, refused, refused, refused], reachability: [refused, refused], capture: 'unsupported', name: 'dgram', reason: 'koffi: no such package', policy: 'normal' });
});

test.run();
