import { pathChoices, settingHelp, valueAt, valueChoices } from '../config/edit/setting-choices.ts';
import { isLeaf, readSettingPath } from '../config/edit/setting-path.ts';
import { withoutNull } from '../config/json-schema.ts';
import { mostTrialMinutes } from '../config/trial.ts';
import { revisionsKept } from '../config/revisions.ts';
import type { ArgumentKind } from './command.ts';

/** A place in the configuration; help and completion go one step at a time, out of the schema. */
export const pathArgument: ArgumentKind = {
  name: 'PATH',
  help: 'a setting, as sip.port or mailboxes[201].name',
  check(text) {
    const path = readSettingPath(text);
    return 'problem' in path ? path.problem : null;
  },
  expected: (unit, _given, partial) => pathChoices(partial, unit.configuration?.value).map(({ text, help }) => ({ text, help, values: [text] })),
};

/** What is written there; said in the words of the schema. */
export const valueArgument: ArgumentKind = {
  name: 'VALUE',
  help: 'its value; words with spaces in quotes, lists with commas',
  check: () => null,
  loggedAs: (text, given) => (isSecret(given['PATH']) ? '(not shown)' : text),
  expected(unit, given, partial) {
    const path = readSettingPath(given['PATH'] ?? '');
    if ('problem' in path || !isLeaf(path.node)) return [];
    const values = valueChoices(path.node).filter((value) => value.startsWith(partial));
    return [{ text: 'VALUE', help: settingHelp(path.node, valueAt(unit.configuration?.value, path.steps)), values }];
  },
};

export const minutesArgument: ArgumentKind = {
  name: 'MINUTES',
  help: `time to confirm in, 1 to ${mostTrialMinutes}`,
  check: (text) => (/^[0-9]{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= mostTrialMinutes ? null : `a trial lasts 1 to ${mostTrialMinutes} minutes`),
};

export const revisionArgument: ArgumentKind = {
  name: 'REVISION',
  help: `how far back: 0 is in force, 1 was before it; at most ${revisionsKept} are kept`,
  check: (text) => (/^[0-9]{1,2}$/.test(text) ? null : 'a revision is a number, as history lists them'),
};

function isSecret(path: string | undefined): boolean {
  const found = readSettingPath(path ?? '');
  return !('problem' in found) && withoutNull(found.node).secret === true;
}
