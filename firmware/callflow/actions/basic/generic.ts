import * as v from 'valibot';
import type { ActionKind, Variables } from '../action.ts';
import type { ActionStep } from '../action.ts';
import { result } from '../action.ts';
import type { Recipient } from '../../requests/mailbox-requests.ts';
import { expand } from '../../variables/variables.ts';
import { parseGenericCommand, performed } from './generic-command.ts';

const schema = v.strictObject({
  commands: v.optional(
    v.pipe(
      v.array(
        v.pipe(v.string(), v.maxLength(600), v.check((text) => parseGenericCommand(text) !== null, "no command: CP0 to CP15, COUNTER1 to COUNTER15, VAR, SAV, RES or LOC with ':' and a value, INCCOUNTER:, DECCOUNTER: or CLRCOUNTER: and a counter as $COUNTER1, FWD: and mailboxes as 201#202##")),
      ),
      v.maxLength(32),
      v.description('Free-format commands, done in this order: CPx:value, COUNTERn:value, VAR:value, SAV:value, RES:value, LOC:value, INCCOUNTER:$COUNTERn, DECCOUNTER:$COUNTERn, CLRCOUNTER:$COUNTERn, FWD:201#202## (what was just recorded, $RES, goes to these mailboxes). Variables in a value are filled in.'),
    ),
    [],
  ),
});
type GenericWith = v.InferOutput<typeof schema>;

/** What was recorded is on its way to mailboxes. */
interface Forwarding {
  readonly set: Variables;
}

export const generic: ActionKind<GenericWith, Forwarding> = {
  name: 'Generic',
  group: 'Basic',
  about: 'Plays its prompts, and does commands that set variables and counters, or send what was just recorded to mailboxes.',
  schema,
  results: () => [{ name: 'Next', about: 'The prompts are heard, the commands done.' }],
  waits: false,
  begin: ({ variables: before, userVariable }, { commands }) => {
    let set: Variables = {};
    const to: Recipient[] = [];
    for (const text of commands) {
      const command = parseGenericCommand(text);
      const variables = { ...before, ...set };
      const filled = (value: string): string => expand({ variables, userVariable }, value);
      if (command?.does === 'forward') to.push(...command.to.map((mailbox) => ({ mailbox: filled(mailbox) })));
      else if (command !== null) set = { ...set, ...performed(command, variables, filled) };
    }
    return to.length === 0 ? result('Next', set) : forward({ ...before, ...set }['RES'] ?? '', to, set);
  },
  step: (_context, _settings, state, input) => (input.type === 'answered' ? result('Next', state.set) : { to: 'state', state, effects: [] }),
  example: { with: { commands: ['CP1:$KEY', 'INCCOUNTER:$COUNTER1'] }, results: { Next: 'menu' } },
};

/** Who does not get it is told by the log. */
const forward = (recording: string, to: readonly Recipient[], set: Variables): ActionStep<Forwarding> => ({
  to: 'state', state: { set }, effects: [{ type: 'ask', request: { kind: 'send-message', from: null, to, content: { recording }, as: 'message' } }],
});
