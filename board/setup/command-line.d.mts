import type { parseArgs, ParseArgsConfig } from 'node:util';

export function commandLine<T extends ParseArgsConfig>(usage: string, config: T): ReturnType<typeof parseArgs<T>>;
export function refuse(usage: string, wrong: string): never;
export function firstSentence(text: string): string;
