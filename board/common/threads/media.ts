// The media thread's program, of every board that has no other.
import { runMediaThread } from '../media-thread.ts';

void runMediaThread();
