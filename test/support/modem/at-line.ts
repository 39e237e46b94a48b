// Command lines of ITU-T V.250, 5.2 to 5.4: AT, then any number of basic commands, S registers and extended commands, up to CR.

export interface AtCommand {
  /** 'E', '&F', 'S0', '+VLS', 'D'. */
  readonly name: string;
  readonly how: 'run' | 'set' | 'query' | 'test';
  /** What follows the name or '='; of `D` the rest of the line. */
  readonly value: string;
}

/** null: the line is none that a modem could understand. `body`: what follows AT. */
export function parseAtLine(body: string): AtCommand[] | null {
  const commands: AtCommand[] = [];
  let rest = body.trim();
  while (rest !== '') {
    const next = extended(rest) ?? basic(rest);
    if (next === null) return null;
    commands.push(next.command);
    rest = rest.slice(next.length).trimStart();
  }
  return commands;
}

interface Parsed {
  readonly command: AtCommand;
  readonly length: number;
}

function extended(text: string): Parsed | null {
  const name = /^[+#][A-Za-z][A-Za-z0-9!%\-./:_]*/.exec(text)?.[0];
  if (name === undefined) return null;
  const length = endOfExtended(text);
  const [argument, upper] = [text.slice(name.length, length), name.toUpperCase()];
  const command = ((): AtCommand | null => {
    if (argument === '') return { name: upper, how: 'run', value: '' };
    if (argument === '?') return { name: upper, how: 'query', value: '' };
    if (argument === '=?') return { name: upper, how: 'test', value: '' };
    return argument.startsWith('=') ? { name: upper, how: 'set', value: argument.slice(1) } : null;
  })();
  return command === null ? null : { command, length: Math.min(text.length, length + 1) };
}

/** The place of the semicolon that ends it, outside of quotes. */
function endOfExtended(text: string): number {
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted;
    else if (text[at] === ';' && !quoted) return at;
  }
  return text.length;
}

function basic(text: string): Parsed | null {
  if (/^[Dd]/.test(text)) return { command: { name: 'D', how: 'run', value: text.slice(1) }, length: text.length };
  const register = /^[Ss](\d+)(\?|=(\d*))/.exec(text);
  if (register !== null) {
    const [all, number = '', what = '', value = ''] = register;
    return { command: { name: `S${number}`, how: what === '?' ? 'query' : 'set', value }, length: all.length };
  }
  const letter = /^([&\\%]?[A-Za-z])(\d*);?/.exec(text);
  if (letter === null) return null;
  return { command: { name: (letter[1] ?? '').toUpperCase(), how: 'run', value: letter[2] ?? '' }, length: letter[0].length };
}
