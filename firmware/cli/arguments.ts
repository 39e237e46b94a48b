import { nearest } from '../config/nearest.ts';
import { cliCommands } from './cli-commands.ts';
import type { CliCommand, CliOption, Given, Request } from './cli-commands.ts';
import { exitCodes } from './exit-codes.ts';
import { commandHelp, helpText, usageLine } from './help-text.ts';

export type Arguments =
  | { readonly kind: 'request'; readonly request: Request }
  /** To the standard output, exit code 0. */
  | { readonly kind: 'help'; readonly text: string }
  /** To the standard error. */
  | { readonly kind: 'wrong'; readonly text: string; readonly exitCode: typeof exitCodes.usage.code };

/** Words after the program's name to what is asked for. Options come as '--name VALUE' or '--name=VALUE', anywhere; '--' ends them. */
export function parseArguments(words: readonly string[]): Arguments {
  const [first, ...rest] = words;
  if (first === '--help' || first === '-h' || first === 'help') return helpFor(rest);
  if (first === '--version') return { kind: 'request', request: { command: 'version', json: false } };
  const command = findCommand(words);
  if (command === undefined) return unknownCommand(first);
  const sorted = sort(command, words.slice(command.name.split(' ').length));
  if (sorted.help) return { kind: 'help', text: commandHelp(command) };
  const problem = sorted.problem ?? missing(command, sorted);
  return problem === null ? { kind: 'request', request: command.request(given(command, sorted)) } : wrong(problem, command);
}

interface Sorted {
  readonly positional: string[];
  /** A switch has ''. */
  readonly options: Map<string, string>;
  help: boolean;
  /** The first thing wrong. */
  problem: string | null;
}

function sort(command: CliCommand, words: readonly string[]): Sorted {
  const sorted: Sorted = { positional: [], options: new Map(), help: false, problem: null };
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    if (word === '--') {
      sorted.positional.push(...words.slice(index + 1));
      break;
    }
    if (word === '--help' || word === '-h') sorted.help = true;
    else if (!word.startsWith('-') || word === '-') sorted.positional.push(word);
    else if (takeOption(command, word, words[index + 1], sorted)) index += 1;
  }
  return sorted;
}

/** Whether the next word was taken as the option's value. */
function takeOption(command: CliCommand, word: string, next: string | undefined, sorted: Sorted): boolean {
  const equals = word.indexOf('=');
  const name = (equals < 0 ? word : word.slice(0, equals)).replace(/^--?/, '');
  const option = command.options.find((one) => one.name === name && word.startsWith('--'));
  const inline = equals < 0 ? undefined : word.slice(equals + 1);
  const takesNext = option !== undefined && option.value !== null && inline === undefined && next !== undefined && !next.startsWith('--');
  const value = takesNext ? next : inline;
  sorted.problem ??= option === undefined ? unknownOption(command, word, name) : optionProblem(option, value, sorted);
  sorted.options.set(name, value ?? '');
  return takesNext;
}

function optionProblem(option: CliOption, value: string | undefined, sorted: Sorted): string | null {
  if (sorted.options.has(option.name)) return `--${option.name} is given twice`;
  if (option.value === null) return value === undefined ? null : `--${option.name} takes no value`;
  if (value === undefined || value === '') return `--${option.name} wants a value: ${option.value}`;
  if (option.words === undefined || option.words.includes(value)) return null;
  return `--${option.name} must be one of ${option.words.join(', ')}${meant(value, option.words, '')}`;
}

function unknownOption(command: CliCommand, word: string, name: string): string {
  return `${command.name} has no option ${word.split('=')[0]}${meant(name, [...command.options.map((one) => one.name), 'help'], '--')}`;
}

function missing(command: CliCommand, { positional, options }: Sorted): string | null {
  const argument = command.arguments.slice(positional.length).find((one) => one.required);
  if (argument !== undefined) return `${command.name} wants ${argument.name}: ${argument.help}`;
  if (positional.length > command.arguments.length && command.arguments.at(-1)?.many !== true) return `${command.name} does not know what to do with ${JSON.stringify(positional[command.arguments.length])}`;
  const option = command.options.find((one) => one.required && !options.has(one.name));
  return option === undefined ? null : `${command.name} wants --${option.name} ${option.value}: ${option.help}`;
}

function given(command: CliCommand, { positional, options }: Sorted): Given {
  return {
    argument: (name) => positional[command.arguments.findIndex((one) => one.name === name)] ?? null,
    all: (name) => positional.slice(command.arguments.findIndex((one) => one.name === name)),
    option: (name) => options.get(name) ?? null,
    switched: (name) => options.has(name),
  };
}

/** Some names are two words. */
function findCommand([first, second]: readonly string[]): CliCommand | undefined {
  return cliCommands.find((one) => one.name === first || one.name === `${first} ${second}`);
}

function helpFor(words: readonly string[]): Arguments {
  if (words[0] === undefined) return { kind: 'help', text: helpText() };
  const command = findCommand(words);
  return command === undefined ? unknownCommand(words[0]) : { kind: 'help', text: commandHelp(command) };
}

function unknownCommand(name: string | undefined): Arguments {
  if (name === undefined) return wrong(`no command; there are ${cliCommands.map((one) => one.name).join(', ')}`, null);
  const names = cliCommands.map((one) => one.name);
  return wrong(`there is no command ${JSON.stringify(name)}${meant(name, names, '')}`, null);
}

function meant(typed: string, words: readonly string[], dashes: string): string {
  const close = nearest(typed, words);
  return close === null ? '' : `; did you mean ${dashes}${close}?`;
}

function wrong(problem: string, command: CliCommand | null): Arguments {
  const more = command === null ? 'understudy --help lists the commands' : `usage: ${usageLine(command)}`;
  return { kind: 'wrong', text: `understudy: ${problem}\n${more}\n`, exitCode: exitCodes.usage.code };
}
