import { isMainThread } from 'node:worker_threads';
import { main } from '../common/main.ts';
import { runMediaThread } from '../common/media-thread.ts';
import { board } from './board.ts';
import { makePhone } from './phone/make-phone.ts';
import { sample } from './sample.ts';

if (isMainThread) void main({ board, sample, phone: makePhone }, process.argv.slice(2));
else void runMediaThread();
