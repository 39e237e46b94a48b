import { sqlite } from 'understudy:sqlite';
import { runDatabaseThread } from '../database-thread.ts';
import { tellThreadMemory } from '../../../hal/drivers/linux/thread-memory.ts';

tellThreadMemory('databases');
runDatabaseThread(sqlite);
