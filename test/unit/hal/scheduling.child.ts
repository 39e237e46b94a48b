import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { askForPriority, goAhead } from '../../../hal/drivers/linux/scheduling.ts';

// proc(5): after the name in brackets field 3 follows; nice is field 19, policy field 41.
const seen = (stat: string): { policy: number; nice: number } => {
  const fields = stat.replace(/^.*\) /, '').split(' ');
  return { policy: Number(fields[38]), nice: Number(fields[16]) };
};
const ahead = process.argv[2] === 'ahead';
const got = ahead ? await goAhead() : await askForPriority();
const own = seen(readFileSync('/proc/thread-self/stat', 'latin1'));
const child = ahead ? seen(execFileSync('cat', ['/proc/self/stat'], { encoding: 'latin1' })) : null;
console.log(JSON.stringify({ got, ...own, child }));
