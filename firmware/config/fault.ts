/** One thing wrong with a configuration: where, what, and what to do about it. */
export interface Finding {
  /** 'mailboxes[2].number'; '' is the file as a whole. */
  readonly path: string;
  /** From 1; 0 when the fault has no place in the text (a file that cannot be read). */
  readonly line: number;
  readonly column: number;
  /** One sentence without its full stop. */
  readonly message: string;
  /** What would be right, as a sentence without its full stop; null when nobody can guess. */
  readonly suggestion: string | null;
}

/** A finding and the file it is in. */
export interface Fault extends Finding {
  readonly file: string;
}

/** More than so many faults help nobody; the rest is counted. */
export const faultLimit = 100;

/** In the manner of compilers, which editors and people know: 'unit.yaml:12:3: sip.port: must be ... (did you mean ...?)'. */
export function faultLine(fault: Fault): string {
  const place = fault.line === 0 ? fault.file : `${fault.file}:${fault.line}:${fault.column}`;
  const subject = fault.path === '' ? '' : `${fault.path}: `;
  const advice = fault.suggestion === null ? '' : ` (${fault.suggestion})`;
  return `${place}: ${subject}${fault.message}${advice}`;
}

/** In order of their place; past `faultLimit` one more tells how many are left out. */
export function boundedFaults(file: string, findings: readonly Finding[]): Fault[] {
  const sorted = findings.map((finding) => ({ file, ...finding })).sort((a, b) => a.line - b.line || a.column - b.column);
  if (sorted.length <= faultLimit) return sorted;
  const left = sorted.length - faultLimit;
  const { line, column } = sorted[faultLimit] as Fault;
  return [...sorted.slice(0, faultLimit), { file, path: '', line, column, message: `${left} more faults follow`, suggestion: null }];
}
