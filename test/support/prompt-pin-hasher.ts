import { ScryptPinHasher } from '../../firmware/mailbox/owner/pin-hasher.ts';
import { SimKeys } from '../../hal/sim/sim-keys.ts';

/** The smallest cost, at once. */
export class PromptPinHasher extends ScryptPinHasher {
  constructor() {
    super(new SimKeys(), 2);
  }
}
