import { nearest } from '../../config/nearest.ts';
import { functions } from './functions.ts';
import { named, notWritable, unknownName } from './names.ts';
import type { BinarySign, Expression, Place, Script, Statement } from './script.ts';
import { mostScriptCharacters, mostScriptDepth, ScriptFault } from './script.ts';
import type { Token } from './tokens.ts';
import { tokensOf } from './tokens.ts';

/** The script, or its first fault. Never throws. */
export function parseScript(text: string): Script | ScriptFault {
  if (text.length > mostScriptCharacters) return new ScriptFault({ line: 1, column: 1 }, `a script has at most ${mostScriptCharacters} characters; spread it over two actions`);
  try {
    return new ScriptParser(tokensOf(text)).script();
  } catch (error) {
    if (error instanceof ScriptFault) return error;
    throw error;
  }
}

/** From the loosest to the tightest; within a level from left to right. `not` stands between 'and' and comparisons. */
const levels: readonly (readonly BinarySign[])[] = [['or'], ['and'], ['=', '!=', '<', '>', '<=', '>='], ['&'], ['+', '-'], ['*', '/', 'mod']];
const comparisonLevel = 2;

const lowered = (token: Token): string => (token.kind === 'name' ? token.name.toLowerCase() : '');

class ScriptParser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #countsMessages = false;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  script(): Script {
    const statements: Statement[] = [];
    while (this.#at < this.#tokens.length) {
      if (this.#next().kind !== 'end') statements.push(this.#statement());
      this.#endOfStatement();
    }
    return { statements, countsMessages: this.#countsMessages };
  }

  #statement(): Statement {
    const token = this.#take();
    if (lowered(token) === 'exit') return { does: 'exit', with: this.#expression(), at: token.at };
    if (token.kind !== 'name') throw new ScriptFault(token.at, "a statement is 'VARIABLE = ...' or 'exit ...'");
    const { name, at } = token;
    const target = named(name);
    if (target === null) throw new ScriptFault(at, unknownName(name));
    if (token.part !== null || target.names !== 'variable' || !target.writable) throw new ScriptFault(at, token.part === null ? notWritable(name) : 'a part of a variable cannot be set; set all of it');
    this.#sign('=', 'after the name of what is set comes =');
    return { does: 'set', variable: target.variable, to: this.#expression(), at };
  }

  #endOfStatement(): void {
    const token = this.#take();
    if (token.kind !== 'end') throw new ScriptFault(token.at, 'the statement is complete before this; begin a new line, or join by a sign such as & or +');
  }

  #expression(): Expression {
    return this.#level(0);
  }

  #level(level: number): Expression {
    if (level === levels.length) return this.#unary();
    if (level === comparisonLevel && lowered(this.#next()) === 'not') {
      const { at } = this.#take();
      return this.#deeper(at, () => ({ is: 'not', of: this.#level(comparisonLevel), at }));
    }
    let left = this.#level(level + 1);
    for (let sign = this.#binary(level); sign !== null; sign = this.#binary(level)) {
      const { at } = this.#take();
      left = { is: 'binary', sign, left, right: this.#level(level + 1), at };
    }
    return left;
  }

  /** The sign of this level that comes next. */
  #binary(level: number): BinarySign | null {
    const token = this.#next();
    const written = token.kind === 'sign' ? token.sign : lowered(token);
    return levels[level]?.find((sign) => sign === written) ?? null;
  }

  #unary(): Expression {
    const token = this.#next();
    if (token.kind !== 'sign' || token.sign !== '-') return this.#primary();
    this.#take();
    return this.#deeper(token.at, () => ({ is: 'minus', of: this.#unary(), at: token.at }));
  }

  #primary(): Expression {
    const token = this.#take();
    const { at } = token;
    if (token.kind === 'number' || token.kind === 'text') return { is: 'value', value: token.value, at };
    if (token.kind === 'sign' && token.sign === '(') return this.#deeper(at, () => this.#closed(this.#expression()));
    if (token.kind !== 'name') throw new ScriptFault(at, token.kind === 'end' ? 'something is missing before the end of the statement: a value, a variable or a bracket' : `'${token.sign}' cannot stand here; a value, a variable or a bracket is missing before it`);
    const word = token.name.toLowerCase();
    if (word === 'true' || word === 'false') return { is: 'value', value: word === 'true', at };
    const next = this.#next();
    return next.kind === 'sign' && next.sign === '(' ? this.#deeper(at, () => this.#call(word, at)) : this.#named(token);
  }

  #named({ name, part, at }: Extract<Token, { kind: 'name' }>): Expression {
    const found = named(name);
    if (found === null) throw new ScriptFault(at, unknownName(name));
    if (found.names === 'variable') return { is: 'variable', name: found.variable, part, at };
    this.#countsMessages = true;
    return { is: 'count', of: found.of, at };
  }

  #call(name: string, at: Place): Expression {
    const called = name === 'if' ? { least: 3, most: 3, form: 'if(condition, then, else)' } : Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (called === undefined) {
      const near = nearest(name, ['if', ...Object.keys(functions)]);
      throw new ScriptFault(at, `there is no function ${name.slice(0, 64)}; ${near === null ? `those there are: if, ${Object.keys(functions).join(', ')}` : `did you mean ${near}?`}`);
    }
    this.#take();
    const given = [this.#expression()];
    while (this.#isSign(',')) {
      this.#take();
      given.push(this.#expression());
    }
    if (given.length < called.least || given.length > called.most) throw new ScriptFault(at, `it is ${called.form}, and here are ${given.length} values`);
    return this.#closed({ is: 'call', name, given, at });
  }

  #closed(inside: Expression): Expression {
    this.#sign(')', 'the bracket is not closed; add )');
    return inside;
  }

  #deeper(at: Place, read: () => Expression): Expression {
    this.#depth += 1;
    if (this.#depth > mostScriptDepth) throw new ScriptFault(at, `brackets and signs nest at most ${mostScriptDepth} deep; keep a part in a variable first`);
    const inside = read();
    this.#depth -= 1;
    return inside;
  }

  #sign(sign: string, missing: string): void {
    if (!this.#isSign(sign)) throw new ScriptFault(this.#next().at, missing);
    this.#take();
  }

  #isSign(sign: string): boolean {
    const token = this.#next();
    return token.kind === 'sign' && token.sign === sign;
  }

  /** There is always one: the last token ends a statement, and nothing reads past it. */
  #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #take(): Token {
    const token = this.#next();
    this.#at += 1;
    return token;
  }
}
