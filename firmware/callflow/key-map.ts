/** What a key sequence means in one place of a menu: data, so that other key maps can be added beside these. */
export type KeyMap<Action extends string> = Readonly<Record<string, Action>>;

export type KeyMatch<Action> =
  | { readonly kind: 'action'; readonly action: Action }
  /** More keys are needed; the caller waits a moment for them. */
  | { readonly kind: 'more' }
  | { readonly kind: 'none' };

/** Finds the action of `keys`. A sequence that is complete and also begins a longer one waits for more. */
export function matchKeys<Action extends string>(map: KeyMap<Action>, keys: string): KeyMatch<Action> {
  const action = map[keys];
  const longer = Object.keys(map).some((sequence) => sequence.length > keys.length && sequence.startsWith(keys));
  if (longer) return { kind: 'more' };
  return action === undefined ? { kind: 'none' } : { kind: 'action', action };
}

export type MessageAction = 'old' | 'saved' | 'greeting' | 'delete' | 'save' | 'repeat' | 'skip' | 'forward' | 'back' | 'help' | 'leave';
export type MainAction = 'new' | 'old' | 'saved' | 'greeting' | 'help' | 'leave' | 'change-pin';
export type GreetingAction = 'listen' | 'record' | 'save' | 'standard' | 'return' | 'leave';

/** IP Office mode while a message plays (`0` and 'help' on `8` are choices of ours; the rest are the mode's keys). */
export const messageKeys: KeyMap<MessageAction> = {
  '1': 'old',
  '2': 'saved',
  '3': 'greeting',
  '4': 'delete',
  '5': 'save',
  '7': 'repeat',
  '8': 'help',
  '9': 'skip',
  '0': 'leave',
  '#': 'forward',
  '*': 'back',
};

/** IP Office mode between messages. `6` (new messages again) is a choice of ours. */
export const mainKeys: KeyMap<MainAction> = {
  '1': 'old',
  '2': 'saved',
  '3': 'greeting',
  '6': 'new',
  '8': 'help',
  '0': 'leave',
  '*04': 'change-pin',
  '*4': 'help',
};

/** The greeting menu of IP Office mode; `4` (standard greeting) is a choice of ours. */
export const greetingKeys: KeyMap<GreetingAction> = { '1': 'listen', '2': 'record', '3': 'save', '4': 'standard', '8': 'return', '0': 'leave' };
