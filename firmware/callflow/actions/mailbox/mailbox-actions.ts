import type { ActionKind } from '../action.ts';
import { campaign } from './campaign.ts';
import { getMail } from './get-mail.ts';
import { leaveMail } from './leave-mail.ts';
import { listen } from './listen.ts';
import { voiceQuestion } from './voice-question.ts';

export const mailboxActions: readonly ActionKind[] = [getMail, leaveMail, listen, voiceQuestion, campaign];
