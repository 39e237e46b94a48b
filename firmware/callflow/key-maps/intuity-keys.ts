import type { KeyMap } from './key-map.ts';

/**
 * Intuity mode. Letters lie on the keys of the telephone: *H is *4, **X is **9. Which of these keys are known and which are choices of ours
 * says the table in `intuity/README.md`.
 */

/** Everywhere in the menus. */
export type EverywhereAction = 'help' | 'main' | 'log-in' | 'transfer' | 'wait' | 'names' | 'exit' | 'undelete';
export const everywhereKeys = {
  '*4': 'help',
  '*7': 'main',
  '**7': 'log-in',
  '*8': 'transfer',
  '*9': 'wait',
  '**6': 'names',
  '**8': 'undelete',
  '**9': 'exit',
} as const satisfies KeyMap<EverywhereAction>;

export type ActivityAction = 'send' | 'get' | 'greetings' | 'options' | 'outcalling' | 'scan' | EverywhereAction;
export const activityKeys: KeyMap<ActivityAction> = { '1': 'send', '2': 'get', '3': 'greetings', '5': 'options', '6': 'outcalling', '7': 'scan', ...everywhereKeys };

/** Between the header and the next message. */
export type HearAction =
  | 'play' | 'restart' | 'header' | 'pause' | 'back' | 'ahead' | 'save' | 'respond' | 'delete' | 'next' | 'previous' | 'hold' | 'slower' | 'faster' | EverywhereAction;
export const hearKeys: KeyMap<HearAction> = {
  '0': 'play',
  '1': 'respond',
  '2': 'restart',
  '23': 'header',
  '3': 'pause',
  '5': 'back',
  '6': 'ahead',
  '7': 'save',
  '8': 'slower',
  '9': 'faster',
  '#': 'next',
  '*#': 'next',
  '*2': 'previous',
  '*3': 'delete',
  '*5': 'restart',
  '**4': 'hold',
  ...everywhereKeys,
};

export const respondKeys: KeyMap<'call' | 'reply' | 'forward' | 'forward-plain' | 'return'> = { '0': 'call', '1': 'reply', '2': 'forward', '3': 'forward-plain', '*7': 'return' };

/** A message in the making; 1 and 2 and '*' also stop the recorder. */
export const editKeys: KeyMap<'more' | 'play' | 'delete' | 'approve' | 'help' | 'main'> = { '1': 'more', '23': 'play', '*3': 'delete', '#': 'approve', '*4': 'help', '*7': 'main' };
export const recorderKeys = '12#*';

export const deliveryKeys: KeyMap<'private' | 'priority' | 'later' | 'send' | 'cancel' | 'help'> = { '1': 'private', '2': 'priority', '3': 'later', '#': 'send', '*3': 'cancel', '*7': 'cancel', '*4': 'help' };

export const greetingsKeys: KeyMap<'listen' | 'record' | 'use' | 'scan' | 'delete' | 'help' | 'main'> = { '0': 'listen', '1': 'record', '2': 'scan', '3': 'use', '*3': 'delete', '*4': 'help', '*7': 'main' };

/** Which calls hear a greeting. */
export const callTypeKeys: KeyMap<'greeting' | 'busy' | 'no-answer' | 'out-of-hours' | 'internal' | 'external' | 'temporary' | 'return'> = {
  '1': 'greeting', '2': 'internal', '3': 'external', '4': 'busy', '5': 'no-answer', '6': 'out-of-hours', '7': 'temporary', '*7': 'return',
};

/** Personal options: lists, PIN, name, whether callers leave messages, and what a header says. */
export const optionKeys: KeyMap<'lists' | 'pin' | 'name' | 'call-answer' | 'time' | 'from' | 'said-name' | 'length' | 'help' | 'main'> = {
  '1': 'lists',
  '4': 'pin',
  '5': 'name',
  '71': 'call-answer',
  '72': 'time',
  '73': 'from',
  '74': 'said-name',
  '75': 'length',
  '*4': 'help',
  '*7': 'main',
};

export const listKeys: KeyMap<'add' | 'hear' | 'remove' | 'share' | 'import' | 'delete' | 'help' | 'return'> = {
  '1': 'add', '2': 'hear', '3': 'remove', '4': 'share', '5': 'import', '*3': 'delete', '*4': 'help', '*7': 'return',
};

export const scanKeys: KeyMap<'both' | 'headers' | 'bodies' | 'return'> = { '1': 'both', '2': 'headers', '3': 'bodies', '*7': 'return' };
