import type { TransferEnd } from './receive-machine.ts';
import type { Header, SubpacketEnd } from './zmodem-bytes.ts';
import { frame, receiverCan, subpacketEnd } from './zmodem-bytes.ts';
import type { ZmodemEvent } from './zmodem-decoder.ts';

/**
 *   inviting ── ZRINIT ──> offering ── ZRPOS ──> streaming ── end of file ──> ending ── ZRINIT ──> leaving ── ZFIN ──> over
 *                              └── ZSKIP ──> leaving         ^    └── window full ──> waiting ── ZACK ──┘
 *                                                            └── ZRPOS: from there again, out of streaming, waiting and ending
 */
export type SendPlace = 'inviting' | 'offering' | 'streaming' | 'waiting' | 'ending' | 'leaving' | 'over';

export interface SendState {
  readonly place: SendPlace;
  readonly bytes: number;
  /** Of the next octet to be sent. */
  readonly offset: number;
  /** Sent since the receiver last said that it took everything. */
  readonly unacknowledged: number;
  /** What the receiver can hold; 0 = as much as comes. */
  readonly window: number;
  /** With CRC-32. */
  readonly wide: boolean;
  readonly refused: boolean;
  /** Where the receiver last wanted to go on; it gets further as long as anything arrives. */
  readonly asked: number;
  /** Octets of a subpacket: a bad line gets shorter ones. */
  readonly piece: number;
  /** Subpackets since one was last asked for again. */
  readonly smooth: number;
  readonly troubles: number;
}

export type SendInput = { readonly kind: 'start' } | ZmodemEvent | { readonly kind: 'room' } | { readonly kind: 'late' };

export type SendEnd = TransferEnd | 'refused';

export type SendEffect =
  /** What makes a terminal program take the file by itself, and asks a receiver for its ZRINIT. */
  | { readonly do: 'invite' }
  | { readonly do: 'header'; readonly header: Header }
  | { readonly do: 'offer'; readonly wide: boolean }
  /** What waits to be sent is out of date. */
  | { readonly do: 'drop-waiting' }
  | { readonly do: 'data-from'; readonly offset: number; readonly wide: boolean }
  | { readonly do: 'data'; readonly from: number; readonly to: number; readonly end: SubpacketEnd; readonly wide: boolean }
  /** The checksum of the whole file was asked for. */
  | { readonly do: 'checksum' }
  | { readonly do: 'over-and-out' }
  | { readonly do: 'cancel' }
  | { readonly do: 'end'; readonly end: SendEnd };

export interface SendStep {
  readonly state: SendState;
  readonly effects: readonly SendEffect[];
}

export const sendStart = (bytes: number): SendState => ({ place: 'inviting', bytes, offset: 0, unacknowledged: 0, window: 0, wide: false, refused: false, asked: -1, piece: longestPiece, smooth: 0, troubles: 0 });

export const longestPiece = 1024;
const shortestPiece = 64;
/** So many subpackets without trouble, and they get longer again. */
const smoothPieces = 16;
const mostTroubles = { inviting: 6, offering: 6, streaming: 25, waiting: 6, ending: 10, leaving: 3, over: 0 } as const;

const header = (type: number, value = 0): SendEffect => ({ do: 'header', header: { type, value } });

/** Pure and total: what means nothing in a place changes nothing. */
export function sendStep(state: SendState, input: SendInput): SendStep {
  if (state.place === 'over') return stay(state);
  if (input.kind === 'start') return { state, effects: [{ do: 'invite' }] };
  if (input.kind === 'cancelled') return over(state, 'cancelled');
  if (input.kind === 'header') return headed(state, input.header);
  if (input.kind === 'room') return state.place === 'streaming' ? piece(state) : stay(state);
  return input.kind === 'late' ? late(state) : stay(state);
}

function headed(state: SendState, { type, value }: Header): SendStep {
  if (type === frame.abort || type === frame.can) return over(state, 'cancelled');
  if (type === frame.ferr) return over(state, { failed: 'the receiver cannot write the file' });
  if (type === frame.challenge) return { state, effects: [header(frame.ack, value)] };
  switch (state.place) {
    case 'inviting':
      return type === frame.rinit ? offer({ ...state, ...abilities(value), troubles: 0 }) : stay(state);
    case 'offering':
      return answered(state, type, value);
    case 'streaming':
    case 'waiting':
      if (type === frame.rpos) return again(state, value);
      if (type === frame.skip) return leave({ ...state, refused: true });
      return type === frame.ack && state.place === 'waiting' ? from(state, value) : stay(state);
    case 'ending':
      if (type === frame.rinit) return leave(state);
      if (type === frame.skip) return leave({ ...state, refused: true });
      return type === frame.rpos ? again(state, value) : stay(state);
    case 'leaving':
      return type === frame.fin ? { state: { ...state, place: 'over' }, effects: [{ do: 'over-and-out' }, { do: 'end', end: state.refused ? 'refused' : 'done' }] } : stay(state);
    case 'over':
      return stay(state);
  }
}

/** ZRINIT: flags in the last octet, the size of its buffer in the first two. */
function abilities(value: number): Pick<SendState, 'wide' | 'window'> {
  return { wide: ((value >>> 24) & receiverCan.crc32) !== 0, window: value & 0xffff };
}

function answered(state: SendState, type: number, value: number): SendStep {
  if (type === frame.rpos) return from(state, value);
  if (type === frame.skip) return leave({ ...state, refused: true });
  if (type === frame.crc) return { state, effects: [{ do: 'checksum' }] };
  return type === frame.rinit || type === frame.nak ? troubled(state, offer) : stay(state);
}

/** The receiver wants it from there, if there is such a place. */
function from(state: SendState, value: number): SendStep {
  const offset = Math.min(value, state.bytes);
  const next: SendState = { ...state, place: 'streaming', offset, unacknowledged: 0 };
  return offset === state.bytes ? ending(next) : { state: next, effects: [{ do: 'data-from', offset, wide: state.wide }] };
}

function again(state: SendState, value: number): SendStep {
  const shorter = { ...state, piece: Math.max(shortestPiece, state.piece / 2), smooth: 0 };
  const before: SendState = value > state.asked ? { ...shorter, asked: value, troubles: 0 } : shorter;
  return troubled(before, (next) => {
    const { state: moved, effects } = from(next, value);
    return { state: moved, effects: [{ do: 'drop-waiting' }, ...effects] };
  });
}

function piece(state: SendState): SendStep {
  const to = Math.min(state.offset + state.piece, state.bytes);
  const unacknowledged = state.unacknowledged + to - state.offset;
  const last = to === state.bytes;
  const full = state.window > 0 && unacknowledged + state.piece > state.window;
  const end = last ? subpacketEnd.over : full ? subpacketEnd.overAck : subpacketEnd.on;
  const data: SendEffect = { do: 'data', from: state.offset, to, end, wide: state.wide };
  const longer = state.smooth + 1 >= smoothPieces;
  const grown = longer ? { piece: Math.min(longestPiece, state.piece * 2), smooth: 0 } : { smooth: state.smooth + 1 };
  const next: SendState = { ...state, ...grown, offset: to, unacknowledged, place: full && !last ? 'waiting' : 'streaming' };
  if (!last) return { state: next, effects: [data] };
  const { state: ended, effects } = ending(next);
  return { state: ended, effects: [data, ...effects] };
}

const ending = (state: SendState): SendStep => ({ state: { ...state, place: 'ending' }, effects: [header(frame.eof, state.bytes)] });
const offer = (state: SendState): SendStep => ({ state: { ...state, place: 'offering' }, effects: [{ do: 'offer', wide: state.wide }] });
const leave = (state: SendState): SendStep => ({ state: { ...state, place: 'leaving', troubles: 0 }, effects: [header(frame.fin)] });
const stay = (state: SendState): SendStep => ({ state, effects: [] });

function late(state: SendState): SendStep {
  switch (state.place) {
    case 'inviting':
      return troubled(state, (next) => ({ state: next, effects: [{ do: 'invite' }] }));
    case 'offering':
      return troubled(state, offer);
    case 'waiting':
      return troubled(state, (next) => from(next, next.offset - next.unacknowledged));
    case 'ending':
      return troubled(state, ending);
    case 'leaving':
      // The file was taken; only the goodbye is missing.
      return state.troubles < mostTroubles.leaving ? troubled(state, leaveAgain) : over(state, state.refused ? 'refused' : 'done');
    default:
      return stay(state);
  }
}

const leaveAgain = (state: SendState): SendStep => ({ state, effects: [header(frame.fin)] });

function troubled(state: SendState, then: (state: SendState) => SendStep): SendStep {
  const troubles = state.troubles + 1;
  if (troubles > mostTroubles[state.place]) return over(state, { failed: state.place === 'inviting' ? 'nobody receives' : 'too much was garbled on the way, or the receiver is gone' });
  return then({ ...state, troubles });
}

function over(state: SendState, end: SendEnd): SendStep {
  return { state: { ...state, place: 'over' }, effects: [...(typeof end === 'object' ? [{ do: 'cancel' } as const] : []), { do: 'end', end }] };
}
