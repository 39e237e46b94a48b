import { pointNames } from '../../firmware/callflow/document/flow-document.ts';
import { variableKinds } from '../../firmware/callflow/variables/variables.ts';

const pointMeanings: Readonly<Record<(typeof pointNames)[number], string>> = {
  Collect: 'Somebody calls for the messages of a mailbox; the presumed mailbox is the own one of the caller.',
  Leave: 'A call for a mailbox was sent to voicemail; the presumed mailbox is the one that was called in the first place.',
  Callback: 'The unit calls about messages; the presumed mailbox is theirs.',
  Queued: 'A caller has come into a queue: the first announcement.',
  'Still Queued': 'A caller still waits in a queue: the announcements after it.',
};

/** Variables, start points, and what an administrator of VoiceMail Pro will miss. */
export function referencePage(): string {
  return `# Variables and start points

## Start points

A flow names in \`starts\` where it serves calls. One for a mailbox counts before the default; without any, the unit does what it does without flows.

| \`starts\` | serves |
| --- | --- |
| \`{ "scope": "mailbox", "mailbox": "201", "point": "Leave" }\` | this mailbox, of a person or a group |
| \`{ "scope": "default", "point": "Leave" }\` | every mailbox that has no flow of its own for this point |
| \`{ "scope": "short code", "number": "*80" }\` | calls to this number |
| \`{ "scope": "module" }\` | nothing by itself: other flows call it by Module |

| point | when |
| --- | --- |
${pointNames.map((name) => `| ${name} | ${pointMeanings[name]} |`).join('\n')}

A result that leads nowhere ends the call; in a queue, the caller goes back to waiting.

## Variables

Written with a dollar (\`$CLI\`) in prompts, names of prompts and texts; \`$$\` is a dollar. A value has at most 512 characters, and lives as long as the call.
\`$REG[name]\` is a user variable, which all calls share.

| variable | holds | flows may set it |
| --- | --- | --- |
${rows().join('\n')}

As a prompt by itself \`$NAM\` is the recorded name, \`$RES\` the recording, \`$QTIM\` a time in minutes; every other one is read out digit by digit.

## Prompts

A text is the name of a recorded prompt (\`understudy prompt put\`, \`receive prompt\`, Edit Play List); \`Welcome.de\` is heard in its place where the call is in German.
\`{ "speak": ... }\` is spoken by the unit, \`{ "prompt": ... }\` is one of its own, \`{ "number": ... }\`, \`{ "digits": ... }\`, \`{ "nameOf": ... }\`, \`{ "pauseMs": ... }\`, \`{ "beep": true }\`.

## What an administrator of VoiceMail Pro will miss

- There is no graphical editor: flows are JSON, checked by \`flow check\`, read by \`flow text\`, drawn by \`flow draw\`, tried out by \`flow run\`.
- Flows of VoiceMail Pro (.mdb, .vmp) are not read; they are written anew with the same names of actions, results and variables.
- VB Script: a sandboxed expression takes its place. It computes and compares; it runs no code of the machine.
- Conferencing Center, Visual Voice, fax forwarding and reading e-mail aloud: there are no such actions.
- Databases are files of SQLite, not ODBC.
- Prompts of VoiceMail Pro are WAV files: \`understudy prompt put NAME FILE.wav\` takes them one by one.
- Speech is that of a small synthesiser: English everywhere, other languages with espeak-ng.
- Queue positions and times of a PBX come in headers, if at all; ask its maker which.
- Campaigns are reviewed by telephone only.
- Complete Sequence is \`completeSequence\` of the flow.
`;
}

/** COUNTER1 to COUNTER15 are one row. */
function rows(): string[] {
  const groups = new Map<string, { readonly names: string[]; readonly about: string; readonly writable: boolean }>();
  for (const { name, about, writable } of variableKinds) {
    const key = `${name.replace(/[0-9]+/, '#')} ${about}`;
    const group = groups.get(key) ?? { names: [], about, writable };
    group.names.push(name);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ names, about, writable }) => {
    const [first, last] = [names[0], names.at(-1)];
    return `| ${first === last ? `\`$${first}\`` : `\`$${first}\` to \`$${last}\``} | ${about} | ${writable ? 'yes' : ''} |`;
  });
}
