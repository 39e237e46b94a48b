import { tellThreadMemory } from '../../../hal/drivers/linux/thread-memory.ts';
import { runKeyThread } from '../key-thread.ts';

tellThreadMemory('keys');
runKeyThread();
