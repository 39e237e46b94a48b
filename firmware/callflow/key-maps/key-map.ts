/** What a key sequence means in one place of a menu: data. */
export type KeyMap<Action extends string> = Readonly<Record<string, Action>>;

export type KeyMatch<Action> =
  | { readonly kind: 'action'; readonly action: Action }
  /** More keys are needed; the caller waits a moment for them. `soon`: what the keys mean if none comes. */
  | { readonly kind: 'more'; readonly soon: Action | null }
  | { readonly kind: 'none' };

/** Finds the action of `keys`. A sequence that is complete and also begins a longer one waits for more. */
export function matchKeys<Action extends string>(map: KeyMap<Action>, keys: string): KeyMatch<Action> {
  const action = Object.hasOwn(map, keys) ? map[keys] : undefined;
  const longer = Object.keys(map).some((sequence) => sequence.length > keys.length && sequence.startsWith(keys));
  if (longer) return { kind: 'more', soon: action ?? null };
  return action === undefined ? { kind: 'none' } : { kind: 'action', action };
}
