import { readFileSync } from 'node:fs';
import { askForPriority } from '../../../hal/drivers/linux/scheduling.ts';

const got = await askForPriority();
// proc(5): after the name in brackets field 3 follows; nice is field 19, policy field 41.
const fields = readFileSync('/proc/thread-self/stat', 'latin1').replace(/^.*\) /, '').split(' ');
console.log(JSON.stringify({ got, policy: Number(fields[38]), nice: Number(fields[16]) }));
