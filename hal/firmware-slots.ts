/** One of the two places that a whole firmware lies in. */
export interface FirmwareSlot {
  /** As the boot loader calls it: 'A'. */
  readonly name: string;
  /** null = not known: it came with the image, and no update has been written there. */
  readonly version: string | null;
  /** Whether the boot loader would start it. One that is being tried is not good yet. */
  readonly good: boolean;
}

export interface SlotStatus {
  /** What bundles must be made for: 'understudy-rpi-cm4'. */
  readonly board: string;
  /** New at each start of the machine, and the same as long as it runs. */
  readonly bootId: string;
  readonly booted: FirmwareSlot;
  readonly other: FirmwareSlot;
  /** Name of the slot that the next start takes first; null = the boot loader does not tell while a slot is being tried. */
  readonly next: string | null;
}

/** What the signed part of a bundle says. */
export interface BundleFacts {
  readonly board: string;
  readonly version: string;
  readonly description: string;
  /** 'verity': each block is under the signature. */
  readonly format: string;
  /** Of the whole file. */
  readonly bytes: number;
}

/** The two slots, the boot loader's choice between them, and signed bundles. One call at a time. */
export interface FirmwareSlots {
  /** Errors: unsupported (this machine has no slots), io. */
  status(): Promise<SlotStatus>;
  /**
   * Reads all of a bundle and writes nothing: what passes is whole, and signed by whom the machine trusts. `place`: a path of the data folder,
   * or an absolute one. Errors: not-found, not-trusted (signed by somebody else), damaged (cut off, or changed), unsupported (a format this machine does not take), io.
   */
  check(place: string): Promise<BundleFacts>;
  /**
   * Writes a bundle to the other slot, which the boot loader then takes once at the next start. Cut off at any moment the booted slot stays as it
   * is and is what the next start takes. `progress`: percent, never falling. Errors: those of `check`, no-space (the slot is too small), busy, io.
   */
  install(place: string, progress: (percent: number) => void): Promise<void>;
  /** The booted slot has proved itself: it is what starts from now on. Errors: io. */
  markGood(): Promise<void>;
  /** The booted slot is not to be started again. Errors: io. */
  markBad(): Promise<void>;
  /** The next start takes the other slot, once. Errors: unsupported (it holds nothing that starts), io. */
  startOther(): Promise<void>;
  /** The next start takes the booted slot, whatever was installed. Errors: io. */
  stay(): Promise<void>;
}

/** Bundles as files, wherever they lie. */
export interface BundleFiles {
  /** Errors: not-found, io. */
  bytes(place: string): Promise<number>;
  /** Fewer only at the end. Errors: not-found, io. */
  piece(place: string, offset: number, length: number): Promise<Uint8Array>;
  /** Absolute paths of those on sticks that are plugged in, at most 16. Never rejects. */
  onSticks(): Promise<readonly string[]>;
}
