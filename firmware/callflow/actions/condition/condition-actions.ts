import type { ActionKind } from '../action.ts';
import { decrementAndTestCounter, incrementAndTestCounter } from './counters.ts';
import { setUserVariable } from './set-user-variable.ts';
import { testCondition } from './test-condition.ts';
import { testUserVariable } from './test-user-variable.ts';
import { testVariable } from './test-variable.ts';

export const conditionActions: readonly ActionKind[] = [testCondition, setUserVariable, testUserVariable, testVariable, incrementAndTestCounter, decrementAndTestCounter];
