import type { ActionKind } from '../action.ts';
import { alarmSet } from './alarm-set.ts';
import { clock } from './clock.ts';
import { email } from './email.ts';
import { openDoor } from './open-door.ts';
import { postDial } from './post-dial.ts';
import { remoteCallFlow } from './remote-call-flow.ts';
import { script } from './script.ts';

export const miscActions: readonly ActionKind[] = [email, openDoor, alarmSet, clock, postDial, script, remoteCallFlow];
