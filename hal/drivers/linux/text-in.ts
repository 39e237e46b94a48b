import { readFile } from 'node:fs/promises';

/** What a small file says, as those of /proc and /sys are, without the white space around it; null = it cannot be read. Never rejects. */
export const textIn = (path: string): Promise<string | null> => readFile(path, 'utf8').then((text) => text.trim(), () => null);
