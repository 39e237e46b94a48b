/**
 * Scripts of flows, in the place of VB Script: assignments and expressions, and nothing that loops, waits, or reaches beyond the call.
 *
 *     ' callers who gave up twice go to the operator
 *     CP1 = left(CLI, 4) & "-" & upper(Name)
 *     exit if(COUNTER1 >= 2, "Operator", "")
 */
export interface Script {
  readonly statements: readonly Statement[];
  /** It asks for NewMsgs, OldMsgs or SavedMsgs. */
  readonly countsMessages: boolean;
}

export interface Place {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

export type Statement =
  /** `variable`: by its own name, without '$'. */
  | { readonly does: 'set'; readonly variable: string; readonly to: Expression; readonly at: Place }
  /** The action has this result; '' = the script goes on. */
  | { readonly does: 'exit'; readonly with: Expression; readonly at: Place };

export type BinarySign = 'or' | 'and' | '=' | '!=' | '<' | '>' | '<=' | '>=' | '&' | '+' | '-' | '*' | '/' | 'mod';

export type Expression =
  | { readonly is: 'value'; readonly value: string | number | boolean; readonly at: Place }
  /** `name` without '$'; `from` and `to`: the first and last character that are taken (`CLI@0,4`). */
  | { readonly is: 'variable'; readonly name: string; readonly part: { readonly from: number; readonly to: number } | null; readonly at: Place }
  | { readonly is: 'count'; readonly of: MessageCount; readonly at: Place }
  | { readonly is: 'not' | 'minus'; readonly of: Expression; readonly at: Place }
  | { readonly is: 'binary'; readonly sign: BinarySign; readonly left: Expression; readonly right: Expression; readonly at: Place }
  | { readonly is: 'call'; readonly name: string; readonly given: readonly Expression[]; readonly at: Place };

export type MessageCount = 'new' | 'old' | 'saved';

/** The only error of a script: where, and what to do. */
export class ScriptFault extends Error {
  readonly at: Place;
  constructor(at: Place, text: string) {
    super(text);
    this.name = 'ScriptFault';
    this.at = at;
  }

  /** For people. */
  get sentence(): string {
    return `line ${this.at.line}, column ${this.at.column}: ${this.message}`;
  }
}

export const mostScriptCharacters = 4096;
/** Of brackets, calls and signs within one another. */
export const mostScriptDepth = 32;
/** Expressions that are worked out in one run. */
export const mostScriptSteps = 10_000;
/** Of a text while it is worked with; a variable takes fewer. */
export const mostTextCharacters = 512;
/** Numbers further from 0 are no longer exact. */
export const mostNumber = 1e15;
