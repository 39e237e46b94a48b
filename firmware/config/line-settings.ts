/** One analog line of this unit. Lines are numbered, between the threads, as the configuration lists them. */
export interface LineSettings {
  readonly name: string;
  /** Name of a line of the board, or DRIVER:PLACE. */
  readonly device: string;
  /** trunk: a line of the exchange is plugged in; phone: a telephone. */
  readonly kind: 'trunk' | 'phone';
  /** Trunk: the number under which the exchange calls it, if that is known. Phone: what is dialled to ring it. */
  readonly number: string | null;
  /** Tone zone, by ISO 3166 country code in small letters. */
  readonly zone: string;
  /** How the exchange sends the caller's number, or the telephone shows it. */
  readonly callerId: 'none' | 'bell' | 'v23' | 'dtmf';
  /** Trunk: null = 2, or 1 where no caller's number is waited for. */
  readonly answerAfterRings: number | null;
  /** 0 = echo is not cancelled. */
  readonly echoTailMs: number;
  readonly heardDb: number;
  readonly sentDb: number;
  /** Profile of the voice modem; null = as it says what it is. */
  readonly modem: string | null;
  /** What the driver alone understands, 'key=value' each. */
  readonly options: readonly string[];
  /** Trunk: a busy tone in a call says that the far end has gone. */
  readonly disconnectTone: boolean;
  /** Trunk: silence for so long says the same; 0 = never. */
  readonly silenceSec: number;
  /** Trunk: dialled before the number of a call that is to go out on it; null = only emergency calls go out. */
  readonly prefix: string | null;
  /** Trunk: names of the peers that may call out on it. */
  readonly dialOutPeers: readonly string[];
  /** Phone: where calls go that are for nobody here; null = nowhere. */
  readonly peer: string | null;
}

/** Where a call on a trunk line goes. The first route that matches counts; of mailbox, collect, extension and flow it has one, or mailbox beside extension or flow. */
export interface IncomingRouteSettings {
  readonly name: string;
  /** Name of a trunk line; null = any. */
  readonly line: string | null;
  /** Beginning of the number that was called, which is the line's own; null = any. */
  readonly did: string | null;
  /** Beginning of the caller's number; null = any, or none. */
  readonly caller: string | null;
  readonly mailbox: string | null;
  readonly collect: boolean;
  /** Name of a call flow; mailbox is then the one that it presumes. */
  readonly flow: string | null;
  /** A number that is called at `peer`. */
  readonly extension: string | null;
  readonly peer: string | null;
  /** The mailbox takes the call when the extension has not answered for so long. */
  readonly afterSec: number;
}

/** Rings before a trunk's call is offered: one more where the caller's number comes between the first two. */
export const ringsBeforeOffer = ({ answerAfterRings, callerId }: LineSettings): number => answerAfterRings ?? (callerId === 'none' ? 1 : 2);
