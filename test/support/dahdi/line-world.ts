import { signalling } from '../../../hal/drivers/dahdi/dahdi-numbers.ts';
import type { LineKind } from '../../../hal/line.ts';
import type { FakeChannel } from './fake-channel.ts';
import { FakeDahdi, openLine } from './fake-dahdi.ts';

export const frame = (code: number): Uint8Array => new Uint8Array(160).fill(code);

/** An open line whose guard time is over, its channel, and the arguments of calls by their request. */
export async function lineWorld(kind: LineKind, { options = {}, set = () => undefined, guard = 2500 }: { options?: Record<string, string>; set?: (port: FakeChannel) => void; guard?: number } = {}) {
  const fake = new FakeDahdi();
  const port = fake.port(5, kind === 'trunk' ? signalling.fxsKewlStart : signalling.fxoKewlStart);
  set(port);
  const open = await openLine(fake, kind, options);
  await fake.clock.advance(guard);
  return { ...open, fake, port, clock: fake.clock, calls: (request: string): number[] => port.calls.filter((call) => call.request === request).map(({ value }) => value) };
}

/** Codes that the far end heard, each once for a run of it. */
export const runs = (sent: readonly number[]): number[] => sent.filter((code, at) => code !== sent[at - 1]);
