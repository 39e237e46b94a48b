import type { Variables } from '../actions/action.ts';
import { compareValues } from '../conditions/compare-values.ts';
import { mostVariableCharacters, userVariableIn, variableKind } from '../variables/variables.ts';
import { functions } from './functions.ts';
import type { BinarySign, Expression, MessageCount, Place, Script, Statement } from './script.ts';
import { mostScriptSteps, ScriptFault } from './script.ts';
import type { ScriptValue } from './values.ts';
import { asNumberOf, asTextOf, asTruthOf, bounded } from './values.ts';

export interface ScriptScope {
  readonly variables: Variables;
  userVariable(name: string): string;
  /** What the mailbox holds; null = there is none, and each count is 0. */
  readonly counts: Readonly<Record<MessageCount, number>> | null;
}

/** `set`: what it has assigned, by names without '$'. `exit`: the result that it named; null = it came to its end. */
export interface ScriptOutcome {
  readonly set: Variables;
  readonly exit: string | null;
}

/** What the script comes to, or what stopped it: then nothing is assigned. Never throws. */
export function runScript(script: Script, scope: ScriptScope, mostSteps: number = mostScriptSteps): ScriptOutcome | ScriptFault {
  try {
    return new ScriptRun(scope, mostSteps).run(script.statements);
  } catch (error) {
    if (error instanceof ScriptFault) return error;
    throw error;
  }
}

class ScriptRun {
  readonly #scope: ScriptScope;
  readonly #mostSteps: number;
  readonly #set = new Map<string, string>();
  #steps = 0;

  constructor(scope: ScriptScope, mostSteps: number) {
    this.#scope = scope;
    this.#mostSteps = mostSteps;
  }

  run(statements: readonly Statement[]): ScriptOutcome {
    for (const statement of statements) {
      const exit = this.#perform(statement);
      if (exit !== '') return this.#outcome(exit);
    }
    return this.#outcome(null);
  }

  #outcome = (exit: string | null): ScriptOutcome => ({ set: Object.fromEntries(this.#set), exit });

  #perform(statement: Statement): string {
    if (statement.does === 'exit') return asTextOf(this.#value(statement.with));
    const text = asTextOf(this.#value(statement.to));
    if (text.length > mostVariableCharacters) throw new ScriptFault(statement.at, `a variable holds at most ${mostVariableCharacters} characters`);
    this.#set.set(statement.variable, text);
    return '';
  }

  #value(expression: Expression): ScriptValue {
    this.#steps += 1;
    if (this.#steps > this.#mostSteps) throw new ScriptFault(expression.at, `a script ends after ${this.#mostSteps} steps; spread it over two actions`);
    return bounded(this.#worked(expression), expression.at);
  }

  #worked(expression: Expression): ScriptValue {
    switch (expression.is) {
      case 'value':
        return expression.value;
      case 'variable':
        return this.#variable(expression.name, expression.part);
      case 'count':
        return this.#scope.counts?.[expression.of] ?? 0;
      case 'not':
        return !asTruthOf(this.#value(expression.of), expression.at);
      case 'minus':
        return -asNumberOf(this.#value(expression.of), expression.at);
      case 'binary':
        return this.#binary(expression);
      case 'call':
        return this.#call(expression);
    }
  }

  #variable(name: string, part: { readonly from: number; readonly to: number } | null): string {
    const shared = userVariableIn(name);
    const whole = shared !== null ? this.#scope.userVariable(shared) : (this.#set.get(name) ?? this.#scope.variables[name] ?? variableKind(name)?.initial ?? '');
    return part === null ? whole : whole.slice(part.from, part.to + 1);
  }

  #binary({ sign, left, right, at }: Extract<Expression, { is: 'binary' }>): ScriptValue {
    if (sign === 'and') return asTruthOf(this.#value(left), at) && asTruthOf(this.#value(right), at);
    if (sign === 'or') return asTruthOf(this.#value(left), at) || asTruthOf(this.#value(right), at);
    const [one, other] = [this.#value(left), this.#value(right)];
    switch (sign) {
      case '&':
        return asTextOf(one) + asTextOf(other);
      case '+':
      case '-':
      case '*':
      case '/':
      case 'mod':
        return calculated(sign, asNumberOf(one, at), asNumberOf(other, at), at);
      default:
        return compareValues(asTextOf(one), sign, asTextOf(other));
    }
  }

  #call({ name, given, at }: Extract<Expression, { is: 'call' }>): ScriptValue {
    if (name === 'if') return this.#value((asTruthOf(this.#value(given[0] as Expression), at) ? given[1] : given[2]) as Expression);
    const called = functions[name];
    if (called === undefined) throw new ScriptFault(at, `there is no function ${name}`);
    return called.run(given.map((one) => this.#value(one)), at);
  }
}

function calculated(sign: Extract<BinarySign, '+' | '-' | '*' | '/' | 'mod'>, one: number, other: number, at: Place): number {
  if ((sign === '/' || sign === 'mod') && other === 0) throw new ScriptFault(at, 'this divides by 0; test for it with if( , , ) first');
  switch (sign) {
    case '+':
      return one + other;
    case '-':
      return one - other;
    case '*':
      return one * other;
    case '/':
      return one / other;
    case 'mod':
      return one % other;
  }
}
