import { readFileSync } from 'node:fs';
import path from 'node:path';

const folder = 'test/peers/scenarios';

/** What stands in place of `@name@` in a scenario. */
export type ScenarioValues = Readonly<Record<string, string | number>>;

/** A caller as most are: what a run or a part says otherwise wins. A scenario cannot leave a line of a header empty, hence Subject. */
const usual: ScenarioValues = {
  number: '201',
  uri: 'sip:@number@@[remote_ip]:[remote_port]',
  from: '"Caller" <sip:301@[local_ip]:[local_port]>',
  via: '',
  header: 'Subject: none',
  media: '[media_port]',
  connection: '[media_ip]',
  payload: 0,
  events: 101,
  direction: 'sendrecv',
  version: 1,
  more: '',
  cseq: '[cseq]',
};

/**
 * A scenario file of `test/peers/scenarios` as sipp reads it. sipp has no way to share parts between scenarios, so a line
 * `<?part name key="value"?>` is replaced by `parts/name.xml`, and `@key@` by its value: that of the part, else that of the run,
 * else the usual one.
 */
export function scenario(name: string, values: ScenarioValues): string {
  const text = expand(readFileSync(path.join(folder, `${name}.xml`), 'utf8'));
  const all: ScenarioValues = { ...usual, ...values };
  const fill = (part: string): string =>
    part.replaceAll(/@([A-Za-z]+)@/g, (_, key: string) => {
      if (all[key] === undefined) throw new Error(`scenario ${name} needs a value for ${key}`);
      return fill(String(all[key]));
    });
  return fill(text);
}

function expand(text: string): string {
  return text.replaceAll(/^[ \t]*<\?part ([a-z-]+)(.*?)\?>$/gm, (_, part: string, given: string) => {
    const values = new Map([...given.matchAll(/([A-Za-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
    const body = expand(readFileSync(path.join(folder, 'parts', `${part}.xml`), 'utf8'));
    return body.replaceAll(/@([A-Za-z]+)@/g, (whole, key: string) => values.get(key) ?? whole).trimEnd();
  });
}
