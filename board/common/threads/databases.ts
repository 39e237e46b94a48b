import { sqlite } from 'understudy:sqlite';
import { runDatabaseThread } from '../database-thread.ts';

runDatabaseThread(sqlite);
