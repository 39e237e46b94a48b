import * as v from 'valibot';
import { nameSchema } from '../../document/flow-document.ts';
import type { ActionKind } from '../action.ts';

/** Actions that lead on to a flow, or out of one, at once. */
const none = v.strictObject({});
type None = v.InferOutput<typeof none>;

const flowSchema = v.strictObject({ flow: v.pipe(nameSchema, v.description('Name of the flow.')) });
type ToFlow = v.InferOutput<typeof flowSchema>;

/** They end before the first input comes. */
const never = (): never => {
  throw new Error('this action is over at once');
};

export const goto: ActionKind<ToFlow, never> = {
  name: 'Goto',
  group: 'Basic',
  about: 'Goes on with another flow, as if the call had begun there. Modules that were called are forgotten.',
  schema: flowSchema,
  results: () => [],
  waits: false,
  begin: (_context, { flow }) => ({ to: 'flow', flow, returns: false }),
  step: never,
  references: ({ flow }) => ({ flows: [flow] }),
  example: { with: { flow: 'Opening hours' }, results: {} },
};

export const module: ActionKind<ToFlow, never> = {
  name: 'Module',
  group: 'Basic',
  about: 'Calls a flow that others use too. Its Module Return comes back here, as the result Return. Modules may call modules, eight deep.',
  schema: flowSchema,
  results: () => [{ name: 'Return', about: 'The module has come to a Module Return.' }],
  waits: false,
  begin: (_context, { flow }) => ({ to: 'flow', flow, returns: true }),
  step: never,
  references: ({ flow }) => ({ flows: [flow] }),
  example: { with: { flow: 'Welcome' }, results: { Return: 'menu' } },
};

export const moduleReturn: ActionKind<None, never> = {
  name: 'Module Return',
  group: 'Basic',
  about: 'Ends a module: the flow that called it goes on. Where no flow has called it, the call ends.',
  schema: none,
  results: () => [],
  waits: false,
  begin: () => ({ to: 'module-return' }),
  step: never,
  example: { with: {}, results: {} },
};

export const home: ActionKind<None, never> = {
  name: 'Home',
  group: 'Basic',
  about: 'Goes back to the start point: the first action of the flow that the call began with, or that Goto led to.',
  schema: none,
  results: () => [],
  waits: false,
  begin: () => ({ to: 'home' }),
  step: never,
  example: { with: {}, results: {} },
};

export const disconnect: ActionKind<None, never> = {
  name: 'Disconnect',
  group: 'Basic',
  about: 'Ends the call, after its prompts.',
  schema: none,
  results: () => [],
  waits: false,
  begin: () => ({ to: 'hang-up', text: 'the flow has ended the call' }),
  step: never,
  example: { with: {}, results: {} },
};
