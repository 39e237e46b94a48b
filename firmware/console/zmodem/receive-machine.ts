import type { Header } from './zmodem-bytes.ts';
import { frame, receiverCan, subpacketEnd } from './zmodem-bytes.ts';
import type { ZmodemEvent } from './zmodem-decoder.ts';
import { parseFileInfo } from './zmodem-encode.ts';

/**
 *   between ── ZFILE ──> info ── its data ──> opening ── accepted ──> summing ── ZCRC ──> file ── ZEOF ──> between ── ZFIN ──> over
 *      └── ZSINIT ──> attention ──> between          └── refused: ZSKIP ──> between
 *
 * The checksum of the whole file is asked for first: subpackets have no numbers, so that one that is lost from its first octet to its last
 * leaves no other trace.
 * What is garbled or late is asked for again from the last good octet (ZRPOS). Every state ends by itself when nothing good comes any more.
 */
export type ReceivePlace = 'between' | 'attention' | 'info' | 'opening' | 'summing' | 'file' | 'over';

export interface ReceiveState {
  readonly place: ReceivePlace;
  /** Octets of the file that are there. */
  readonly offset: number;
  /** Octets that come again, though they are there: the sender went back further than was needed. */
  readonly behind: number;
  /** Of the whole file, as its sender says; null = it does not. */
  readonly checksum: number | null;
  /** Garbled or late, since something good came. */
  readonly troubles: number;
}

export type ReceiveInput = { readonly kind: 'start' } | ZmodemEvent | { readonly kind: 'accepted' } | { readonly kind: 'refused' } | { readonly kind: 'late' };

export type TransferEnd = 'done' | 'cancelled' | { readonly failed: string };

export type ReceiveEffect =
  | { readonly do: 'header'; readonly header: Header }
  | { readonly do: 'expect-data' }
  /** Whether it is wanted: answer by `accepted` or `refused`. */
  | { readonly do: 'offered'; readonly name: string; readonly bytes: number | null }
  | { readonly do: 'store'; readonly bytes: Uint8Array }
  /** All of it is there. */
  | { readonly do: 'whole'; readonly checksum: number | null }
  /** The other side is to end too, whatever it is at. */
  | { readonly do: 'cancel' }
  | { readonly do: 'end'; readonly end: TransferEnd };

export interface ReceiveStep {
  readonly state: ReceiveState;
  readonly effects: readonly ReceiveEffect[];
}

export const receiveStart: ReceiveState = { place: 'between', offset: 0, behind: 0, checksum: null, troubles: 0 };

/** Nothing for 3 s in a file is worse than something garbled: after nine times, 27 s, the sender is gone. */
const silenceWeighs = 3;
/** Late six times in a row is a minute. */
const mostTroubles = { between: 6, attention: 6, info: 6, opening: 60, summing: 3, file: 25, over: 0 } as const;

const header = (type: number, value = 0): ReceiveEffect => ({ do: 'header', header: { type, value } });
const ready = header(frame.rinit, (receiverCan.fullDuplex | receiverCan.overlap | receiverCan.crc32) * 2 ** 24);
const expectData: ReceiveEffect = { do: 'expect-data' };

/** Pure and total: what means nothing in a place changes nothing. */
export function receiveStep(state: ReceiveState, input: ReceiveInput): ReceiveStep {
  if (state.place === 'over') return { state, effects: [] };
  if (input.kind === 'start') return { state, effects: [ready] };
  if (input.kind === 'cancelled') return over(state, 'cancelled');
  if (input.kind === 'header') return headed(state, input.header);
  if (input.kind === 'data') return filled(state, input.bytes, input.end);
  if (input.kind === 'accepted') return state.place === 'opening' ? { state: { ...state, place: 'summing', offset: 0, behind: 0, checksum: null, troubles: 0 }, effects: [header(frame.crc)] } : { state, effects: [] };
  if (input.kind === 'refused') return state.place === 'opening' ? { state: { ...state, place: 'between', troubles: 0 }, effects: [header(frame.skip)] } : { state, effects: [] };
  return troubled(state, input.kind === 'late' && state.place === 'file' ? silenceWeighs : 1);
}

function headed(state: ReceiveState, { type, value }: Header): ReceiveStep {
  if (type === frame.abort || type === frame.can || type === frame.ferr) return over(state, 'cancelled');
  if (state.place === 'file') return headedInFile(state, type, value);
  if (state.place === 'summing' && type === frame.crc) return fromTheStart(state, value);
  if (state.place !== 'between') return { state, effects: [] };
  switch (type) {
    case frame.rqinit:
      return { state: good(state), effects: [ready] };
    case frame.sinit:
      return { state: { ...good(state), place: 'attention' }, effects: [expectData] };
    case frame.file:
      return { state: { ...good(state), place: 'info' }, effects: [expectData] };
    case frame.fin:
      return { state: { ...state, place: 'over' }, effects: [header(frame.fin), { do: 'end', end: 'done' }] };
    default:
      return { state, effects: [] };
  }
}

function headedInFile(state: ReceiveState, type: number, value: number): ReceiveStep {
  if (type === frame.data) return value <= state.offset ? { state: { ...state, behind: state.offset - value }, effects: [expectData] } : troubled(state);
  if (type === frame.eof && value === state.offset) return { state: { ...good(state), place: 'between' }, effects: [{ do: 'whole', checksum: state.checksum }, ready] };
  // Our ZRPOS was lost, and the file is offered again.
  if (type === frame.file && state.offset === 0) return { state, effects: [header(frame.rpos, 0)] };
  if (type === frame.fin) return over(state, { failed: 'the sender left before the end of the file' });
  return { state, effects: [] };
}

function filled(state: ReceiveState, bytes: Uint8Array, end: number): ReceiveStep {
  if (state.place === 'attention') return { state: { ...good(state), place: 'between' }, effects: [header(frame.ack, 1)] };
  if (state.place === 'info') {
    const info = parseFileInfo(bytes);
    if (info === null) return troubled(state);
    return { state: { ...good(state), place: 'opening' }, effects: [{ do: 'offered', ...info }] };
  }
  if (state.place !== 'file') return { state, effects: [] };
  const fresh = bytes.subarray(Math.min(state.behind, bytes.length));
  const offset = state.offset + fresh.length;
  const goesOn = end === subpacketEnd.on || end === subpacketEnd.onAck;
  const acked = end === subpacketEnd.onAck || end === subpacketEnd.overAck;
  const behind = state.behind - (bytes.length - fresh.length);
  return { state: { ...good(state), offset, behind }, effects: [{ do: 'store', bytes: fresh }, ...(acked ? [header(frame.ack, offset)] : []), ...(goesOn ? [expectData] : [])] };
}

const fromTheStart = (state: ReceiveState, checksum: number | null): ReceiveStep => ({ state: { ...state, place: 'file', checksum, troubles: 0 }, effects: [header(frame.rpos, 0)] });

function troubled(state: ReceiveState, weight = 1): ReceiveStep {
  const troubles = state.troubles + weight;
  // Senders there are that do not know the question.
  if (state.place === 'summing') return troubles > mostTroubles.summing ? fromTheStart(state, null) : { state: { ...state, troubles }, effects: [header(frame.crc)] };
  if (troubles > mostTroubles[state.place]) return over(state, { failed: state.place === 'between' ? 'nobody sends' : 'too much came garbled, or nothing any more' });
  if (state.place === 'opening') return { state: { ...state, troubles }, effects: [] };
  if (state.place === 'file') return { state: { ...state, troubles }, effects: [header(frame.rpos, state.offset)] };
  return { state: { ...state, place: 'between', troubles }, effects: [ready] };
}

function over(state: ReceiveState, end: TransferEnd): ReceiveStep {
  return { state: { ...state, place: 'over' }, effects: [...(end === 'cancelled' ? [] : [{ do: 'cancel' } as const]), { do: 'end', end }] };
}

const good = (state: ReceiveState): ReceiveState => ({ ...state, troubles: 0 });
