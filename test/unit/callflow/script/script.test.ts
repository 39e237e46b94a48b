import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseScript } from '../../../../firmware/callflow/script/parse-script.ts';
import type { ScriptOutcome, ScriptScope } from '../../../../firmware/callflow/script/run-script.ts';
import { runScript } from '../../../../firmware/callflow/script/run-script.ts';
import type { Script } from '../../../../firmware/callflow/script/script.ts';
import { ScriptFault } from '../../../../firmware/callflow/script/script.ts';
import { SimRandom } from '../../../../hal/sim/sim-random.ts';

const scope: ScriptScope = {
  variables: { CLI: '01715550123', NAM: 'Ada Lovelace', POS: '3', ETA: '90', CP2: '7', 'DBD[1]': 'gold', LastAccessedMsg: 'm-1' },
  userVariable: (name) => (name === 'night' ? 'on' : ''),
  counts: { new: 2, old: 0, saved: 5 },
};

function parsed(text: string): Script {
  const script = parseScript(text);
  if (script instanceof ScriptFault) throw new Error(`${text}: ${script.sentence}`);
  return script;
}

function ran(text: string): ScriptOutcome {
  const outcome = runScript(parsed(text), scope);
  if (outcome instanceof ScriptFault) throw new Error(`${text}: ${outcome.sentence}`);
  return outcome;
}

const values: [string, string][] = [
  ['1 + 2 * 3', '7'],
  ['(1 + 2) * 3', '9'],
  ['10 - 2 - 3', '5'],
  ['7 mod 4 + 1', '4'],
  ['-7 mod 4', '-3'],
  ['1 / 3', '0.333333'],
  ['0.1 + 0.2', '0.3'],
  ['-(2 - 2)', '0'],
  ['"a" & 1 + 1', 'a2'],
  ['"say ""hi"""', 'say "hi"'],
  ['left("voicemail", 5)', 'voice'],
  ['left("a", 5)', 'a'],
  ['right("voicemail", 4)', 'mail'],
  ['right("voicemail", 0)', ''],
  ['mid("voicemail", 6)', 'mail'],
  ['mid("voicemail", 6, 2)', 'ma'],
  ['mid("a", 9, 2)', ''],
  ['length("Ü ß")', '3'],
  ['find("voicemail", "mail")', '6'],
  ['find("voicemail", "x")', '0'],
  ['upper("straße")', 'STRASSE'],
  ['lower(Name)', 'ada lovelace'],
  ['CLI@0,4', '01715'],
  ['$CLI@0,0', '0'],
  ['CallingParty', '01715550123'],
  ['if(PositionInQueue > 2, "long", "short")', 'long'],
  ['if(false, 1 / 0, "not worked out")', 'not worked out'],
  ['NewMsgs + OldMsgs + SavedMsgs', '7'],
  ['EstimatedAnswer / 60', '1.5'],
  ['DBD[1]', 'gold'],
  ['$DBD[1] & REG[night] & $REG[day]', 'goldon'],
  ['LastAccessedMsg', 'm-1'],
  ['QPOS', '3'],
  ['COUNTER9', '0'],
  ['1 < 2 and 2 < 3', 'True'],
  ['not 1 < 2 or 3 = 3', 'True'],
  ['not (1 < 2 or 3 = 3)', 'False'],
  ['false and 1 / 0 > 1', 'False'],
  ['true or 1 / 0 > 1', 'True'],
  ['"10" > "9"', 'True'],
  ['"abc" <> "abd"', 'True'],
  ['"0201" = "201"', 'False'],
  ['Variable = ""', 'True'],
  ['CP2 + CP3', '7'],
  ['TRUE', 'True'],
];

test('what expressions come to', () => {
  for (const [text, expected] of values) assert.is(ran(`VAR = ${text}`).set['VAR'], expected, text);
});

test('statements run in order, and see what was set before; names are the call\'s own', () => {
  assert.equal(ran("' a remark\nCounter1 = 4; $Counter1 = COUNTER1 + 1\n\nSavedResult = COUNTER1 * 2 ' and another\nLocale = \"de\""), { set: { COUNTER1: '5', SAV: '10', LOC: 'de' }, exit: null });
});

test('exit ends the script with a result, unless it is empty', () => {
  assert.equal(ran('exit if(NewMsgs = 0, "None", "")\nVAR = 1\nexit "Some"\nVAR = 2'), { set: { VAR: '1' }, exit: 'Some' });
  assert.equal(ran(''), { set: {}, exit: null });
});

const refused: [string, number, number, RegExp][] = [
  ['VAR = "open', 1, 7, /no end/],
  ['VAR = 1 +', 1, 10, /missing before the end/],
  ['VAR = (1 + 2', 1, 13, /not closed/],
  ['VAR = 1 2', 1, 9, /complete before this/],
  ['VAR = )', 1, 7, /cannot stand here/],
  ['VAR 1', 1, 5, /comes =/],
  ['1 = VAR', 1, 1, /a statement is/],
  ['CLI = "1"', 1, 1, /CLI cannot be set; what can is Result/],
  ['NewMsgs = 1', 1, 1, /cannot be set/],
  ['REG[night] = "on"', 1, 1, /Set User Variable/],
  ['CP1@0,2 = "1"', 1, 1, /part of a variable/],
  ['VAR = 1\nVAR = CLl', 2, 7, /did you mean CLI/],
  ['VAR = uper(Name)', 1, 7, /did you mean upper/],
  ['VAR = eval("1")', 1, 7, /no function eval/],
  ['VAR = constructor', 1, 7, /no variable/],
  ['VAR = toString()', 1, 7, /no function/],
  ['VAR = left(Name)', 1, 7, /left\(text, count\), and here are 1/],
  ['VAR = if(1, 2)', 1, 7, /if\(condition, then, else\)/],
  ['VAR = 1 # 2', 1, 9, /'#' means nothing/],
  [`VAR = ${'('.repeat(33)}1${')'.repeat(33)}`, 1, 39, /at most 32 deep/],
  [`VAR = ${'- '.repeat(40)}1`, 1, 71, /at most 32 deep/],
  [`VAR = ${'not '.repeat(40)}1`, 1, 135, /at most 32 deep/],
  [' '.repeat(4097), 1, 1, /4096 characters/],
];

test('what is no script is refused with line, column and advice', () => {
  for (const [text, line, column, why] of refused) {
    const fault = parseScript(text);
    assert.instance(fault, ScriptFault, text);
    assert.match((fault as ScriptFault).message, why);
    assert.equal((fault as ScriptFault).at, { line, column }, text.slice(0, 60));
  }
});

const stopped: [string, RegExp][] = [
  ['VAR = 1 / 0', /divides by 0/],
  ['VAR = 5 mod (1 - 1)', /divides by 0/],
  ['VAR = Name + 1', /'Ada Lovelace' is no number.*joined by &/],
  ['VAR = if(Name, 1, 2)', /neither true nor false/],
  ['VAR = left(Name, -1)', /whole and at least 0/],
  ['VAR = mid(Name, 0)', /whole and at least 1/],
  ['VAR = 900000000000000 * 900000000000000', /at most 1000000000000000/],
  [`VAR = "${'x'.repeat(400)}" & "${'y'.repeat(400)}"`, /at most 512 characters/],
];

test('what cannot be worked out stops the script, and nothing is set', () => {
  for (const [text, why] of stopped) {
    const outcome = runScript(parsed(`SAV = 1\n${text}`), scope);
    assert.instance(outcome, ScriptFault, text);
    assert.match((outcome as ScriptFault).sentence, why);
    assert.is((outcome as ScriptFault).at.line, 2);
  }
});

test('a script ends after its steps, however it is written', () => {
  const outcome = runScript(parsed('VAR = 1 + 1 + 1 + 1'), scope, 6);
  assert.match((outcome as ScriptFault).message, /ends after 6 steps/);
  assert.not(runScript(parsed('VAR = 1 + 1 + 1 + 1'), scope, 7) instanceof ScriptFault);
  const longest = `VAR = 1${'+1'.repeat(2044)}`;
  assert.is(ran(longest).set['VAR'], '2045');
});

const seed = Number(process.env['SEED'] ?? 11);

test('random text is a script or a fault of scripts, never another error', () => {
  const random = new SimRandom(seed);
  const pieces = ['VAR', 'CLI', '=', '"', "'", '(', ')', '\n', ';', ' ', 'if', 'not', 'and', 'exit', '1', '.', '@0,4', '&', '<', '>', 'left(', ',', '$', '[', ']', '\u0000', 'ü', '😀', '-', 'mod', 'NewMsgs'];
  for (let n = 0; n < 20_000; n += 1) {
    const text = Array.from({ length: random.below(30) }, () => pieces[random.below(pieces.length)]).join(random.below(2) === 0 ? '' : ' ');
    const script = parseScript(text);
    const outcome = script instanceof ScriptFault ? null : runScript(script, scope);
    assert.ok(outcome === null || outcome instanceof ScriptFault || typeof outcome.set === 'object', `seed ${seed}: ${text}`);
  }
});

test('random programs end, and set nothing but what can be set', () => {
  const random = new SimRandom(seed);
  const pick = (from: readonly string[]): string => from[random.below(from.length)] as string;
  const expression = (depth: number): string => {
    const kind = depth > 5 ? random.below(2) : random.below(7);
    if (kind === 0) return pick(['1', '2.5', '"a"', 'true', '""', '900000000000000', '"0"']);
    if (kind === 1) return pick(['CLI', 'Name', 'NewMsgs', 'CP1', 'COUNTER2', 'CLI@1,3', 'REG[night]', 'Variable']);
    if (kind === 2) return `(${expression(depth + 1)} ${pick(['+', '-', '*', '/', 'mod', '&', '=', '<', '>=', 'and', 'or'])} ${expression(depth + 1)})`;
    if (kind === 3) return `if(${expression(depth + 1)}, ${expression(depth + 1)}, ${expression(depth + 1)})`;
    if (kind === 4) return `${pick(['left', 'right', 'mid', 'find'])}(${expression(depth + 1)}, ${expression(depth + 1)})`;
    if (kind === 5) return `${pick(['upper', 'lower', 'length'])}(${expression(depth + 1)})`;
    return `(${pick(['not', '-'])} ${expression(depth + 1)})`;
  };
  const settable = /^(?:VAR|SAV|RES|LOC|CP\d+|COUNTER\d+)$/;
  let ended = 0;
  for (let n = 0; n < 3000; n += 1) {
    const text = Array.from({ length: 1 + random.below(4) }, () => `${pick(['VAR', 'CP1', 'COUNTER2', 'Locale'])} = ${expression(0)}`).join('\n');
    const script = parseScript(text);
    if (script instanceof ScriptFault) {
      assert.match(script.message, /4096 characters|32 deep/, `seed ${seed}: ${text}`);
      continue;
    }
    const outcome = runScript(script, scope);
    if (outcome instanceof ScriptFault) continue;
    ended += 1;
    for (const [name, value] of Object.entries(outcome.set)) assert.ok(settable.test(name) && value.length <= 512, `seed ${seed}: ${text}`);
  }
  assert.ok(ended > 300, `only ${ended} programs came to their end`);
});

test.run();
