import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { incomingRoute } from '../../../firmware/lines/incoming-route.ts';
import type { IncomingRouteSettings } from '../../../firmware/config/line-settings.ts';

const route = (name: string, part: Partial<IncomingRouteSettings>): IncomingRouteSettings => ({ name, line: null, did: null, caller: null, mailbox: '201', collect: false, flow: null, extension: null, peer: null, afterSec: 20, ...part });

const routes = [
  route('owners', { caller: '0171' }),
  route('sales', { line: 't1', did: '5550' }),
  route('abroad', { line: 't2', caller: '00' }),
  route('t2', { line: 't2' }),
];

const named = (line: string, did: string | null, caller: string): string => incomingRoute(routes, { line, did, caller })?.name ?? 'none';

test('the first route that matches line, number and caller counts', () => {
  assert.is(named('t1', '5550100', '0171234'), 'owners');
  assert.is(named('t1', '5550100', '030123'), 'sales');
  assert.is(named('t2', null, '0044123'), 'abroad');
  assert.is(named('t2', null, '030123'), 't2');
});

test('a caller without a number matches no prefix, nor does a line without one', () => {
  assert.is(named('t2', null, ''), 't2');
  assert.is(named('t1', null, ''), 'none');
  assert.is(named('t3', '5550100', ''), 'none');
});

test.run();
