/** Result codes of ITU-T V.250 clause 5.7 and V.253, as far as they differ for us. 'VCON' is V.253's connect of a voice call. */
export type ResultCode = 'OK' | 'CONNECT' | 'VCON' | 'ERROR' | 'BUSY' | 'NO CARRIER' | 'NO DIALTONE' | 'NO ANSWER';

export interface AtReply {
  readonly result: ResultCode | 'timed-out';
  /** What came before the result code. */
  readonly lines: readonly string[];
}

/** One command at a time. */
export interface DialogueState {
  /** What we wait for an answer to: '' = for the result of something that was no command. null = nothing. */
  readonly command: string | null;
  readonly lines: readonly string[];
  /** Result codes have come as words: from then on a digit is text. */
  readonly verbose: boolean;
}

export type DialogueInput =
  | { readonly type: 'asked'; readonly command: string }
  | { readonly type: 'line'; readonly line: string }
  | { readonly type: 'timed-out' }
  /** The modem may be as it was when it was switched on. */
  | { readonly type: 'reset' };

export interface DialogueStep {
  readonly state: DialogueState;
  readonly reply: AtReply | null;
  /** A line that answers nothing: RING, caller ID, an end that nobody asked for. */
  readonly unsolicited: string | null;
}

export const silentDialogue: DialogueState = { command: null, lines: [], verbose: false };

/** Lines before a result code; more are dropped. */
const mostLines = 64;
const plainWords: readonly ResultCode[] = ['OK', 'CONNECT', 'VCON', 'ERROR', 'BUSY', 'NO CARRIER', 'NO DIALTONE', 'NO ANSWER'];
const words: ReadonlyMap<string, ResultCode> = new Map([...plainWords.map((word) => [word, word] as const), ['NO DIAL TONE', 'NO DIALTONE']]);
const numbers: ReadonlyMap<string, ResultCode | 'RING'> = new Map([['0', 'OK'], ['1', 'CONNECT'], ['2', 'RING'], ['3', 'NO CARRIER'], ['4', 'ERROR'], ['6', 'NO DIALTONE'], ['7', 'BUSY'], ['8', 'NO ANSWER']]);
const unasked = /^(RING\b|(DATE|TIME|NMBR|NAME|MESG|DRON|DROF|CIDM)\s*=)/i;

export function dialogueStep(state: DialogueState, input: DialogueInput): DialogueStep {
  switch (input.type) {
    case 'asked':
      return on({ ...state, command: input.command, lines: [] });
    case 'line':
      return heard(state, input.line);
    case 'timed-out':
      return state.command === null ? on(state) : answered(state, 'timed-out');
    case 'reset':
      return on(silentDialogue);
  }
}

function heard(state: DialogueState, line: string): DialogueStep {
  if (unasked.test(line)) return { state, reply: null, unsolicited: line };
  const result = resultOf(line, state.verbose);
  if (state.command === null) return { state, reply: null, unsolicited: result ?? line };
  if (result === 'RING') return { state, reply: null, unsolicited: result };
  if (result !== null) return answered({ ...state, verbose: state.verbose || !numbers.has(line) }, result);
  if (isEcho(state.command, line) || state.lines.length >= mostLines) return on(state);
  return on({ ...state, lines: [...state.lines, line] });
}

/** A digit is a result code until words were seen; V.250 has '+VCON' too. */
function resultOf(line: string, verbose: boolean): ResultCode | 'RING' | null {
  const word = line.toUpperCase().replace(/^\+/, '').replace(/^CONNECT .*/, 'CONNECT').replace(/^CME ERROR.*/, 'ERROR');
  return words.get(word) ?? (verbose ? null : (numbers.get(line) ?? null));
}

const isEcho = (command: string, line: string): boolean => command !== '' && line.toUpperCase() === command.toUpperCase();

const on = (state: DialogueState): DialogueStep => ({ state, reply: null, unsolicited: null });

const answered = (state: DialogueState, result: AtReply['result']): DialogueStep => ({
  state: { command: null, lines: [], verbose: state.verbose },
  reply: { result, lines: state.lines },
  unsolicited: null,
});
