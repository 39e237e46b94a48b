import * as v from 'valibot';
import { parseScript } from '../../script/parse-script.ts';
import type { ScriptScope } from '../../script/run-script.ts';
import { runScript } from '../../script/run-script.ts';
import { mostScriptCharacters, ScriptFault } from '../../script/script.ts';
import type { ActionContext, ActionKind, ActionStep } from '../action.ts';
import { result } from '../action.ts';

const own = ['Next', 'Failure'];

const schema = v.strictObject({
  script: v.pipe(
    v.string(),
    v.maxLength(mostScriptCharacters),
    v.check((text) => !(parseScript(text) instanceof ScriptFault), ({ input }) => faultOf(String(input))),
    v.description('Statements, one a line or with ; between: VARIABLE = expression, or exit expression. The README of callflow/script has the language.'),
  ),
  results: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
      v.maxLength(16),
      v.check((names) => new Set([...names, ...own]).size === names.length + own.length, `each result stands once, and ${own.join(' and ')} are always there`),
      v.description('Results that exit may name.'),
    ),
    [],
  ),
});
type With = v.InferOutput<typeof schema>;

/** What the mailbox holds is being asked. */
interface ScriptState {
  readonly at: 'counting';
}

export const script: ActionKind<With, ScriptState> = {
  name: 'Script',
  group: 'Miscellaneous',
  about: "Sets variables and branches by a script, in the place of VB Script: expressions over the call's properties, without loops, and without reach beyond the call.",
  schema,
  results: ({ results }) => [
    ...results.map((name) => ({ name, about: `exit has named ${name}.` })),
    { name: 'Next', about: 'The script came to its end.' },
    { name: 'Failure', about: 'It was stopped, and has set nothing; why stands in $RES.' },
  ],
  waits: false,
  begin: (context, settings) => {
    const { mailbox } = context;
    const parsed = parseScript(settings.script);
    const asks = !(parsed instanceof ScriptFault) && parsed.countsMessages && mailbox !== null;
    return asks ? { to: 'state', state: { at: 'counting' }, effects: [{ type: 'list', mailbox, category: 'new' }] } : run(context, settings, null);
  },
  step: (context, settings, state, input) => (input.type === 'listed' ? run(context, settings, input.listing.counts) : { to: 'state', state, effects: [] }),
  example: { with: { script: 'CP1 = CLI@0,4\nexit if(NewMsgs > 0, "Messages", "")', results: ['Messages'] }, results: { Messages: 'collect', Next: 'menu' } },
};

function run({ variables, userVariable }: ActionContext, settings: With, counts: ScriptScope['counts']): ActionStep<never> {
  const parsed = parseScript(settings.script);
  const outcome = parsed instanceof ScriptFault ? parsed : runScript(parsed, { variables, userVariable, counts });
  if (outcome instanceof ScriptFault) return result('Failure', { RES: outcome.sentence });
  const { exit, set } = outcome;
  if (exit === null) return result('Next', set);
  return [...settings.results, ...own].includes(exit) ? result(exit, set) : result('Failure', { RES: `the script ends with '${exit.slice(0, 64)}', which is none of its results` });
}

function faultOf(text: string): string {
  const parsed = parseScript(text);
  return parsed instanceof ScriptFault ? parsed.sentence : '';
}
