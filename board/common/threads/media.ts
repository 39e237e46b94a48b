// The media thread's program, of every board that has no other.
import { tellThreadMemory } from '../../../hal/drivers/linux/thread-memory.ts';
import { runMediaThread } from '../media-thread.ts';

tellThreadMemory('media');
void runMediaThread();
