import type { ActionKind } from '../action.ts';
import { databaseClose } from './database-close.ts';
import { databaseExecute } from './database-execute.ts';
import { databaseGetData } from './database-get-data.ts';
import { databaseOpen } from './database-open.ts';

export const databaseActions: readonly ActionKind[] = [databaseOpen, databaseExecute, databaseGetData, databaseClose];
