import type { ActionKind } from './action.ts';
import { basicActions } from './basic/basic-actions.ts';
import { conditionActions } from './condition/condition-actions.ts';
import { configurationActions } from './configuration/configuration-actions.ts';
import { databaseActions } from './database/database-actions.ts';
import { mailboxActions } from './mailbox/mailbox-actions.ts';
import { miscActions } from './misc/misc-actions.ts';
import { queueActions } from './queue/queue-actions.ts';
import { variableRoutingActions } from './routing/variable-routing-actions.ts';
import { transferActions } from './transfer/transfer-actions.ts';

/** Every action of the product. Each group of files has a list of its own. */
export const actions: readonly ActionKind[] = [
  ...basicActions, ...mailboxActions, ...configurationActions, ...transferActions, ...variableRoutingActions, ...queueActions, ...miscActions, ...conditionActions, ...databaseActions,
];
