import type { Clock } from '../hal/clock.ts';
import type { DatagramNet } from '../hal/datagram.ts';
import type { Net } from '../hal/net.ts';
import type { Random } from '../hal/random.ts';
import type { Storage } from '../hal/storage.ts';
import type { StreamNet } from '../hal/stream.ts';
import type { Watchdog } from '../hal/watchdog.ts';
import type { ThreadPort } from '../hal/worker.ts';
import type { UnitLog } from './lifecycle/unit-log.ts';
import type { PinHasher } from './mailbox/owner/pin-hasher.ts';
import type { MediaCommand, MediaEvent } from './media/media-protocol.ts';

/** Everything the runtime is given by the board's entry: drivers or simulators, already constructed. */
export interface UnitParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly storage: Storage;
  readonly datagram: DatagramNet;
  readonly stream: StreamNet;
  readonly net: Net;
  readonly watchdog: Watchdog;
  readonly log: UnitLog;
  readonly hasher: PinHasher;
  /** The media thread, started with the same number of ports as the settings name. */
  readonly media: ThreadPort<MediaEvent, MediaCommand>;
  /** Name, version and slash-joined product token for SIP: 'Understudy/0.1.0'. */
  readonly product: string;
}
