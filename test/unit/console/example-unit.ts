import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';
import type { ConsoleUnit } from '../../../firmware/console/console-unit.ts';
import type { ConfigurationConsole } from '../../../firmware/console/parts/configuration-console.ts';
import type { DistributedConsole } from '../../../firmware/console/parts/distributed-console.ts';
import type { FarEndsConsole } from '../../../firmware/console/parts/far-ends-console.ts';
import type { FaultConsole } from '../../../firmware/console/parts/fault-console.ts';
import type { LinesConsole } from '../../../firmware/console/parts/lines-console.ts';
import type { LinkConsole } from '../../../firmware/console/parts/link-console.ts';
import type { MembersConsole } from '../../../firmware/console/parts/members-console.ts';
import type { PairConsole } from '../../../firmware/console/parts/pair-console.ts';
import type { PinsConsole } from '../../../firmware/console/parts/pins-console.ts';
import type { ResetConsole } from '../../../firmware/console/parts/reset-console.ts';
import type { SiteConsole } from '../../../firmware/console/parts/site-console.ts';
import type { TestCall, TestCallEnd, TestPhone } from '../../../firmware/console/parts/test-phone.ts';
import type { HealthReport } from '../../../firmware/watchdog/health-report.ts';
import type { Message, MessageState } from '../../../firmware/mailbox/message.ts';
import type { WallMs } from '../../../hal/clock.ts';
import { HalError } from '../../../hal/errors.ts';

const nine = Date.UTC(2026, 0, 5, 9, 0, 0);

export function exampleMessage(part: Partial<Message> = {}): Message {
  return {
    id: '019b8d2e-4400-7abc-8def-0123456789ab', mailbox: '201', callerNumber: '100', callerName: 'Test', startedMs: nine as WallMs, reason: 'no-answer',
    codec: 'PCMU', durationMs: 12_400, bytes: 99_200, state: 'new', interrupted: false, lostPackets: 0, ...part,
  };
}

/** A unit with two mailboxes, two messages and a phone that does as it is told; what was done to it can be looked at. */
export class ExampleUnit implements ConsoleUnit {
  readonly done: string[] = [];
  /** The next doing member fails with it. */
  failure: Error | null = null;
  idleMin = 10;
  stored: Message[] = [
    exampleMessage(),
    exampleMessage({ id: '019b8d2e-5500-7abc-8def-0123456789cd', callerNumber: '', callerName: 'Eve\x1b[2J\nfake', durationMs: 61_000, state: 'deleted', interrupted: true }),
  ];
  phone: TestPhone | null = { call: (call, tell, signal) => this.#call(call, tell, signal) };
  owners: ConsoleUnit['owners'] = null;
  playing: ConsoleUnit['playing'] = null;
  update: ConsoleUnit['update'] = null;
  flows: ConsoleUnit['flows'] = null;
  queues: ConsoleUnit['queues'] = null;
  conditions: ConsoleUnit['conditions'] = null;
  capture: ConsoleUnit['capture'] = null;
  notify: ConsoleUnit['notify'] = null;
  faults: FaultConsole | null = null;
  pins: PinsConsole | null = null;
  lines: LinesConsole | null = null;
  farEnds: FarEndsConsole | null = null;
  technicians: ConsoleUnit['technicians'] = null;
  audit: ConsoleUnit['audit'] = null;
  configuration: ConfigurationConsole | null = null;
  pair: PairConsole | null = null;
  link: LinkConsole | null = null;
  estate: ConsoleUnit['estate'] = null;
  members: MembersConsole | null = null;
  distributed: DistributedConsole | null = null;
  site: SiteConsole | null = null;
  /** Ends the call that is going on. */
  hangUp: (text: string) => void = () => undefined;
  placed: TestCall | null = null;
  readonly callEnds: string[] = [];

  version = () => ({ product: 'Understudy', version: '0.1.0', commit: 'abc1234', board: 'sim', runtime: 'Node 20' });
  clock = () => ({ wallMs: nine as WallMs, uptimeMs: 90_061_000, timeZone: 'Europe/Berlin' });
  calls = () => [{ id: 'c1', peer: 'local', caller: '100', dialled: '201', mailbox: '201', port: 0, doing: 'recording', elapsedMs: 5000 }];
  mailboxes = () => [
    { number: '201', name: 'Ada', new: 1, old: 0, saved: 0, deleted: 1, usedMs: 73_400, lockedForMs: 240_000, hasPin: true },
    { number: '202', name: 'Blaise', new: 0, old: 0, saved: 0, deleted: 0, usedMs: 0, lockedForMs: null, hasPin: false },
  ];
  messages = (mailbox: string, withDeleted: boolean) => (this.mailboxes().some(({ number }) => number === mailbox) ? this.stored.filter((one) => one.mailbox === mailbox && (withDeleted || one.state !== 'deleted')) : null);
  ports = () => [{ port: 0, rtpPort: 16384, call: 'c1', served: 3 }, { port: 1, rtpPort: 16386, call: null, served: 0 }];
  portUses = () => [{ use: 'leave', reserved: 1, used: 1, left: 1, refused: 2 }, { use: 'bridged calls', reserved: null, used: 0, left: 0, refused: 0 }];
  peers = () => [
    { name: 'local', registration: 'off' as const, detail: '', watch: null, inUse: true, received: 10, sent: 12 },
    { name: 'pbx-a', registration: 'off' as const, detail: '', watch: 'lost' as const, inUse: false, received: 3, sent: 20 },
    { name: 'pbx-b', registration: 'registered' as const, detail: 'for 600 s as 900', watch: 'present' as const, inUse: true, received: 9, sent: 9 },
    { name: 'pbx-c', registration: 'off' as const, detail: '', watch: 'returning' as const, inUse: false, received: 8, sent: 8 },
    { name: 'pbx-d', registration: 'off' as const, detail: '', watch: null, inUse: false, received: 0, sent: 0 },
    { name: 'pbx-e', registration: 'failed' as const, detail: 'no answer', watch: 'lost' as const, inUse: true, received: 0, sent: 7 },
  ];
  sip = () => ({
    listening: ['udp 0.0.0.0:5060', 'tcp 0.0.0.0:5060'],
    counters: { strangers: 7, malformedAnswered: 1, malformedDropped: 2, retransmissionsSent: 3, retransmissionsReceived: 4, transactions: 5, legs: 1, adopted: 3, released: 2, subscriptions: 6, caught: 0 },
  });
  media = () => ({ type: 'health' as const, activeSessions: 1, lateTicks: 2, skippedTicks: 0, worstLateMs: 3.25, worstLagMs: 12, sendFailures: 0, strayPackets: 4 });
  memory = () => [{ owner: 'process', budgetBytes: 134_217_728, usedBytes: 52_428_800, highestBytes: 60_000_000 }];
  health = (): HealthReport => ({
    watchdog: 'systemd',
    feeding: 'fed',
    checks: [
      { check: 'disk', about: 'there is room for messages', condition: 'well', sinceAgeMs: 61_000, cause: null, taken: [], next: '' },
      { check: 'sip', about: 'SIP is answered', condition: 'sick', sinceAgeMs: 4000, cause: 'no answer', taken: [{ remedy: 'reopen-sip', cause: 'no answer\x1b[2J', ageMs: 3000 }], next: 'the partner is asked to serve' },
    ],
  });
  files: ConsoleUnit['files'] = null;
  /** Only where the test says so. */
  reset: ResetConsole | null = null;
  storage = async () => ({ freeBytes: 2 ** 30, totalBytes: 2 ** 32, reserveBytes: 2 ** 25, kinds: [{ what: 'messages', files: 2, bytes: 99_200 }, { what: 'audit log', files: 1, bytes: 300 }], fullest: { mailbox: '201', share: 0.204 }, opened: { messages: 2, salvaged: ['x'], damaged: [{ file: 'cur/a.rec', why: 'bad CRC' }], rebuilt: [] }, scrubbed: { messages: 40, damaged: 1, rounds: 2 } });
  entitlement = () => ({ unitId: 'ab12', allowance: { ports: 2, classes: {}, features: [], leftMs: 60_000, says: 'no file is configured; the unit serves for 60 minutes more' } });
  log = (count: number) => ['one', 'two', 'three'].slice(-count);

  settings() {
    const parsed = parseConfiguration(
      `peers: [{ name: local, addresses: [127.0.0.1], host: h, register: { user: u, password: hush } }]\nmailboxes: [{ number: 201 }, { number: 202 }]\nconsole: { idleMin: ${this.idleMin} }\n`,
      'example.yaml',
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    return { settings: parsed.settings, from: 'example.yaml', waiting: ['ports'] };
  }

  async resetPin(mailbox: string): Promise<string> {
    this.#do(`pin ${mailbox}`);
    return '314159';
  }

  async unlock(mailbox: string): Promise<boolean> {
    this.#do(`unlock ${mailbox}`);
    return mailbox === '201';
  }

  async markMessage(mailbox: string, id: string, state: MessageState): Promise<void> {
    this.#do(`mark ${mailbox} ${id} ${state}`);
  }

  async exportMessage(mailbox: string, id: string, file: string | null): Promise<{ file: string; bytes: number }> {
    this.#do(`export ${mailbox} ${id} ${file}`);
    return { file: file ?? `${id}.wav`, bytes: 99_244 };
  }

  #do(what: string): void {
    if (this.failure !== null) throw this.failure;
    this.done.push(what);
  }

  #call(call: TestCall, tell: (line: string) => void, signal: AbortSignal): Promise<TestCallEnd> {
    this.placed = call;
    if (this.failure !== null) return Promise.reject(this.failure);
    tell('answered, PCMU');
    return new Promise((resolve) => {
      const end = (text: string) => {
        this.callEnds.push(text);
        resolve({ answered: true, text, durationMs: 2500, stats: null });
      };
      this.hangUp = end;
      signal.addEventListener('abort', () => end('interrupted'));
    });
  }
}

export const diskIsFull = new HalError('no-space', 'out.wav', 'the disk is full');
