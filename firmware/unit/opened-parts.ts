import type { StreamConnection } from '../../hal/stream.ts';
import type { DistributedUnit } from '../distributed/distributed-unit.ts';
import { openIdentity } from '../failover/identity.ts';
import type { OpenReport } from '../mailbox/message-store.ts';
import type { NotifyDesk } from '../notify/notify-desk.ts';
import { firmwareService } from '../update/pair/pair-update-protocol.ts';
import { openNotify } from './make-notify.ts';
import type { UnitUpdate } from './make-update.ts';
import { openDistributed } from './open-distributed.ts';
import { StartGivenUp } from './start-given-up.ts';
import { together } from './together.ts';
import type { WholeUnit } from './whole-unit.ts';

/** What a start opens before anybody is answered, one thing after the other. A start that is given up ends at the next step. */
export class OpenedParts {
  report: OpenReport | null = null;
  notify: NotifyDesk | null = null;
  distributed: DistributedUnit | null = null;
  /** Known where rights are issued, else ''. */
  unitId = '';
  #givenUp: StartGivenUp | null = null;

  /** The error with which the start ends. */
  giveUp(why: string): StartGivenUp {
    this.#givenUp = new StartGivenUp(why);
    return this.#givenUp;
  }

  /** Errors: those of the store and of the storage; StartGivenUp. */
  async open(unit: WholeUnit, update: UnitUpdate | null): Promise<void> {
    const { storage, random, log } = unit.parts;
    [this.report] = await together([unit.store.open(), unit.flows.open()]);
    this.#goOn();
    this.notify = await openNotify(unit);
    await unit.pair.open();
    unit.pair.pairing?.channel.serve(firmwareService, (connection) => takeFirmware(update, connection));
    this.distributed = await openDistributed(unit);
    if (unit.settings.entitlement.issuerKey !== null) this.unitId = (await openIdentity(storage, random, log)).fingerprint;
    this.#goOn();
  }

  #goOn(): void {
    if (this.#givenUp !== null) throw this.#givenUp;
  }
}

/** Of the partner; a machine without slots has no use for it. */
function takeFirmware(update: UnitUpdate | null, connection: StreamConnection): void {
  if (update === null) connection.close();
  else update.pair.serve(connection);
}
