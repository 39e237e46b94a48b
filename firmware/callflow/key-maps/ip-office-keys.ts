import type { KeyMap } from './key-map.ts';

/**
 * IP Office mode. Choices of ours, where the mode has no key: 0 (leave), 6 in the main menu (new messages again), 8 (help) in place of *4 which
 * works too, *08 (bring back what was deleted last), *09 (another mailbox), 6 and 7 in the greeting menu.
 */
export type MessageAction = 'old' | 'saved' | 'greeting' | 'delete' | 'save' | 'forward' | 'repeat' | 'help' | 'skip' | 'leave' | 'ahead' | 'back' | 'call-sender' | StarAction;
export type MainAction = 'new' | 'old' | 'saved' | 'greeting' | 'help' | 'leave' | Exclude<StarAction, 'mark-new'>;
/** Behind '*0', in the main menu as well as while a message plays. */
export type StarAction = 'mail-all' | 'mail-on' | 'mail-off' | 'change-pin' | 'record-name' | 'mark-new' | 'outcalling' | 'undelete' | 'log-in';

const starKeys = {
  '*01': 'mail-all',
  '*02': 'mail-on',
  '*03': 'mail-off',
  '*04': 'change-pin',
  '*05': 'record-name',
  '*07': 'outcalling',
  '*08': 'undelete',
  '*09': 'log-in',
} as const;

/** While a message plays. */
export const messageKeys: KeyMap<MessageAction> = {
  '1': 'old',
  '2': 'saved',
  '3': 'greeting',
  '4': 'delete',
  '5': 'save',
  '6': 'forward',
  '7': 'repeat',
  '8': 'help',
  '*4': 'help',
  '9': 'skip',
  '0': 'leave',
  '#': 'ahead',
  '*': 'back',
  '**': 'call-sender',
  '*06': 'mark-new',
  ...starKeys,
};

/** Between messages. */
export const mainKeys: KeyMap<MainAction> = { '1': 'old', '2': 'saved', '3': 'greeting', '6': 'new', '8': 'help', '*4': 'help', '0': 'leave', ...starKeys };

export type GreetingAction = 'listen' | 'record' | 'save' | 'loop' | 'choose' | 'standard' | 'return' | 'leave';

export const greetingKeys: KeyMap<GreetingAction> = { '1': 'listen', '2': 'record', '3': 'save', '4': 'loop', '6': 'choose', '7': 'standard', '8': 'return', '0': 'leave' };

/** Which greeting: of a group, as in VoiceMail Pro. */
export const groupGreetingKeys: KeyMap<'greeting' | 'out-of-hours' | 'queued' | 'still-queued' | 'return' | 'leave'> = {
  '1': 'greeting',
  '2': 'out-of-hours',
  '3': 'queued',
  '4': 'still-queued',
  '8': 'return',
  '0': 'leave',
};

/** Which greeting: of one owner. The mode has the standard one alone; all these keys are choices of ours. */
export const ownGreetingKeys: KeyMap<'greeting' | 'out-of-hours' | 'busy' | 'no-answer' | 'internal' | 'external' | 'temporary' | 'return' | 'leave'> = {
  '1': 'greeting',
  '2': 'out-of-hours',
  '3': 'busy',
  '4': 'no-answer',
  '5': 'internal',
  '6': 'external',
  '7': 'temporary',
  '8': 'return',
  '0': 'leave',
};

export const forwardKeys: KeyMap<'forward' | 'with-header' | 'return'> = { '2': 'forward', '3': 'with-header', '8': 'return' };

