import type { ActionKind } from '../action.ts';
import { cliRouting } from './cli-routing.ts';
import { variableRouting } from './variable-routing.ts';

export const variableRoutingActions: readonly ActionKind[] = [variableRouting, cliRouting];
