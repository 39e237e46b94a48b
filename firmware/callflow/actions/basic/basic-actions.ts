import type { ActionKind } from '../action.ts';
import { generic } from './generic.ts';
import { disconnect, goto, home, module, moduleReturn } from './leading-on.ts';
import { menu } from './menu.ts';
import { routeByCallStatus, routeIncomingCall } from './routing.ts';

export const basicActions: readonly ActionKind[] = [generic, menu, goto, disconnect, home, module, moduleReturn, routeIncomingCall, routeByCallStatus];
