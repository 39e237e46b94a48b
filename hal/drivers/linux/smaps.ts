/** One piece of this process's address space. */
export interface Mapping {
  readonly address: bigint;
  readonly bytes: number;
  /** 'r-xp': read, write, execute, private or shared. */
  readonly mode: string;
  /** Where in the file it begins, in bytes. */
  readonly offset: number;
  /** The file, with ' (deleted)' behind when its name is gone; '[heap]', '[stack]'; empty = memory without a file. */
  readonly name: string;
  readonly residentBytes: number;
  /** Kilobytes that are not as in the file, or are held in place, are 0. */
  readonly clean: boolean;
}

/** `7f1c50a0c000-7f1c50a72000 r-xp 00009000 fe:01 1234   /usr/bin/node`: from, to, mode, place in the file, name. */
const head = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) \S+ \d+ *(.*)$/;
const count = /^(Rss|Anonymous|Private_Dirty|Shared_Dirty|Locked): +(\d+) kB$/;

/** The text of /proc/self/smaps (proc(5)). Lines it does not know are passed over. */
export function parseSmaps(text: string): Mapping[] {
  const mappings: { -readonly [Key in keyof Mapping]: Mapping[Key] }[] = [];
  for (const line of text.split('\n')) {
    const [, from, to = '', mode = '', offset = '', name = ''] = head.exec(line) ?? [];
    if (from !== undefined) {
      const address = BigInt(`0x${from}`);
      mappings.push({ address, bytes: Number(BigInt(`0x${to}`) - address), mode, offset: Number.parseInt(offset, 16), name, residentBytes: 0, clean: true });
      continue;
    }
    const last = mappings.at(-1);
    const [, what, kilobytes] = count.exec(line) ?? [];
    if (last === undefined || what === undefined) continue;
    if (what === 'Rss') last.residentBytes = Number(kilobytes) * 1024;
    else if (kilobytes !== '0') last.clean = false;
  }
  return mappings;
}
