import * as v from 'valibot';
import type { ActionKind } from '../action.ts';
import { result } from '../action.ts';
import { mailboxesIn, targetOf } from '../mailbox/recorded.ts';
import type { ConfigurationState } from './configuration-menu.ts';
import { askPin, configurationStep, toMenu } from './configuration-menu.ts';
import { knownTarget } from './record-name.ts';

const schema = v.strictObject({
  mailbox: v.optional(v.pipe(v.string(), v.maxLength(128), v.description("Whose settings: a mailbox (its number; variables are filled in), or 'presumed' for that of the start point.")), 'presumed'),
  askPin: v.optional(v.pipe(v.boolean(), v.description('Whether the PIN of the mailbox is asked for. Leave it out only where the action has the PIN of the mailbox: by another one, greeting and name can be changed, and the PIN cannot.')), true),
});
type ConfigurationWith = v.InferOutput<typeof schema>;

export const playConfigurationMenu: ActionKind<ConfigurationWith, ConfigurationState> = {
  name: 'Play Configuration Menu',
  group: 'Configuration',
  about: 'Lets the owner of a mailbox change its settings by telephone: 1 greeting, 2 name, 3 PIN, 4 e-mail (copies, forwarding, notification or none); 0 leaves.',
  schema,
  results: () => [
    { name: 'Next', about: 'The owner has left the menu.' },
    { name: 'Failure', about: 'No mailbox is presumed, it is none of the unit, or the PIN was wrong.' },
  ],
  waits: true,
  begin: (context, { mailbox, askPin: asks }) => {
    if (knownTarget(context, mailbox) === null) return result('Failure');
    return asks ? askPin(0) : toMenu(0);
  },
  step: (context, { mailbox }, state, input) => {
    const target = targetOf(context, mailbox);
    return target === null ? result('Failure') : configurationStep(target, state, input);
  },
  references: ({ mailbox }) => ({ mailboxes: mailboxesIn(mailbox) }),
  concerns: (context, { mailbox }) => targetOf(context, mailbox),
  example: { with: { mailbox: '201' }, results: { Next: 'menu', Failure: 'menu' } },
};
