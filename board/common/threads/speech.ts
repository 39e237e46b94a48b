import { flite } from 'understudy:speech';
import { runSpeechThread } from '../speech-thread.ts';

runSpeechThread(flite);
