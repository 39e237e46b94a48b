import { isMainThread } from 'node:worker_threads';
import { main } from '../common/main.ts';
import { runMediaThread } from '../common/media-thread.ts';
import { board } from './board.ts';

if (isMainThread) void main({ board, sample: {}, phone: null }, process.argv.slice(2));
else void runMediaThread();
