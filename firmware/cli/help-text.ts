import { pairs } from '../console/table.ts';
import { cliCommands } from './cli-commands.ts';
import type { CliCommand, CliOption } from './cli-commands.ts';
import { exitCodes } from './exit-codes.ts';

/** What `understudy --help` prints. */
export function helpText(): string {
  return [
    'Understudy, a voicemail appliance.',
    '',
    'Usage:',
    ...cliCommands.map((command) => `  ${usageLine(command)}`),
    '',
    'Commands:',
    ...indented(cliCommands.map((command) => [command.name, command.help])),
    '',
    'understudy COMMAND --help tells more about a command.',
    '',
    'Exit codes:',
    ...indented(Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning])),
    '',
  ].join('\n');
}

/** What `understudy COMMAND --help` prints. */
export function commandHelp(command: CliCommand): string {
  const entries = [
    ...command.arguments.map((argument) => [argument.name, argument.help] as const),
    ...command.options.map((option) => [optionWords(option), option.help] as const),
  ];
  const what = command.help.charAt(0).toUpperCase() + command.help.slice(1);
  return [`Usage: ${usageLine(command)}`, '', `${what}.`, ...(entries.length > 0 ? ['', ...indented(entries)] : []), ''].join('\n');
}

export function usageLine(command: CliCommand): string {
  const optional = (text: string, required: boolean) => (required ? text : `[${text}]`);
  const parts = [
    ...command.arguments.map((argument) => optional(argument.name, argument.required) + (argument.many === true ? ' ...' : '')),
    ...command.options.map((option) => optional(optionWords(option), option.required)),
  ];
  return ['understudy', command.name, ...parts].join(' ');
}

function optionWords(option: CliOption): string {
  return option.value === null ? `--${option.name}` : `--${option.name} ${option.value}`;
}

function indented(entries: readonly (readonly [string, string])[]): string[] {
  return pairs(entries).map((line) => `  ${line}`);
}
