import { flite } from 'understudy:speech';
import { runSpeechThread } from '../speech-thread.ts';
import { tellThreadMemory } from '../../../hal/drivers/linux/thread-memory.ts';

tellThreadMemory('speech');
runSpeechThread(flite);
