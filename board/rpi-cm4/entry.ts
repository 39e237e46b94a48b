import { isMainThread } from 'node:worker_threads';
import { sqlite } from 'understudy:sqlite';
import { isDatabaseThread, runDatabaseThread } from '../common/database-thread.ts';
import { flite } from 'understudy:speech';
import { main } from '../common/main.ts';
import { runMediaThread } from '../common/media-thread.ts';
import { isSpeechThread, runSpeechThread } from '../common/speech-thread.ts';
import { board } from './board.ts';

if (isMainThread) void main({ board, sample: {}, phone: null, farEnds: null, faults: null, register: null, drivePin: null }, process.argv.slice(2));
else if (isDatabaseThread()) runDatabaseThread(sqlite);
else if (isSpeechThread()) runSpeechThread(flite);
else void runMediaThread();
