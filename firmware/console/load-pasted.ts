import type { Invocation } from './command.ts';
import type { DocumentsConsole } from './parts/documents-console.ts';
import { pastedText } from './pasted-text.ts';
import { plainText } from './plain-text.ts';

export interface PastedKind {
  /** 'flow': as people call what is stored. */
  readonly what: string;
  readonly mostBytes: number;
  /** How else it can be stored, where a terminal takes whole lines only: 'use another terminal'. */
  readonly instead: string;
  readonly put: DocumentsConsole['put'];
}

/** Asks for a document, stores it, and prints what became of it. Errors: those of `put`. */
export async function loadPasted({ print, session, signal, clock }: Invocation, { what, mostBytes, instead, put }: PastedKind): Promise<void> {
  print('paste the document, then a line with a single dot; Ctrl-C ends it');
  const channel = session.raw();
  if (channel === null) return print(`this terminal takes whole lines only: ${instead}`);
  const pasted = await pastedText({ clock, channel, signal }, mostBytes);
  session.cooked();
  if (pasted === 'stopped') return print('nothing was stored');
  if (pasted === 'too-large') return print(`a ${what} has at most ${mostBytes} bytes; nothing was stored`);
  const outcome = await put(pasted.text);
  if (typeof outcome === 'string') return print(plainText(`${what} ${outcome} is stored`));
  for (const { place, text } of outcome) print(plainText(`${place === '' ? '' : `${place}: `}${text}`));
  print('nothing was stored');
}
