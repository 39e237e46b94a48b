import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dialSteps } from '../../../hal/drivers/v253/dial-steps.ts';
import { modemProfiles, profileNamed, profileOf } from '../../../hal/drivers/v253/modem-profile.ts';
import { formatPreference, parseVoiceFormat, usableFormats } from '../../../hal/drivers/v253/voice-format.ts';

test('modems are known by what they answer', () => {
  assert.is(profileOf(['5601']).name, 'usr5637');
  assert.is(profileOf(['U.S. Robotics 56K FAX USB']).name, 'usr5637');
  assert.is(profileOf(['56000', 'CX93001-EIS_V0.2002-V92']).name, 'cx93010');
  for (const lines of [[], ['ACME'], ['56001'], ['15601']]) assert.is(profileOf(lines).name, 'plain', lines.join());
  for (const { name } of modemProfiles) assert.is(profileNamed(name)?.name, name);
  assert.is(profileNamed('toString'), undefined);
});

test('lines of +VSM=? as vendors write them', () => {
  const cases: [string, ReturnType<typeof parseVoiceFormat>][] = [
    ['+VSM: 128,"8-BIT LINEAR",8,0,(7200,8000,11025),(0),(0)', { id: 128, coding: 'unsigned8' }],
    ['128,"8-BIT LINEAR",(8000)', { id: 128, coding: 'unsigned8' }],
    ['0,"SIGNED PCM",8,0,8000,0,0', { id: 0, coding: 'signed8' }],
    ['1,"UNSIGNED PCM",8,0,8000,0,0', { id: 1, coding: 'unsigned8' }],
    ['+VSM: 4,"G.711 ULAW",8,0,(8000),(0),(0)', { id: 4, coding: 'ulaw' }],
    ['4,"G.711U",8,0,8000', { id: 4, coding: 'ulaw' }],
    ['5,G.711A,8,0,8000,0,0', { id: 5, coding: 'alaw' }],
    ['132,"ALAW",8,0,(7200,8000),0,0', { id: 132, coding: 'alaw' }],
    ['131,"MU-LAW",8,0,(7200-11025),0,0', { id: 131, coding: 'ulaw' }],
    ['133,"16-BIT LINEAR",16,0,(7200,8000)', { id: 133, coding: 'linear16' }],
    ['129,"IMA ADPCM",4,0,8000,0,0', null],
    ['129,"IMA ADPCM",8,0,8000,0,0', null],
    ['128,"8-BIT LINEAR",8,0,(7200,11025),(0),(0)', null],
    ['', null],
    ['+VSM:', null],
    ['NO CARRIER', null],
    ['1,"UNSIGNED PCM"', null],
  ];
  for (const [line, format] of cases) assert.equal(parseVoiceFormat(line), format, line);
});

test('law first, then sixteen bits where the line is fast enough, then eight', () => {
  const lines = ['1,"UNSIGNED PCM",8,0,8000', '133,"LINEAR",16,0,8000', '132,"ALAW",8,0,8000', '131,"ULAW",8,0,8000', 'nonsense'];
  const order = (baud: number | null, from = lines): number[] => usableFormats(from, formatPreference, baud).map(({ id }) => id);
  assert.equal(order(null), [131, 132, 133, 1]);
  assert.equal(order(115_200), [131, 132, 1]);
  assert.equal(order(230_400), [131, 132, 133, 1]);
  assert.equal(order(57_600), []);
  assert.equal(order(null, lines.slice(0, 2)), [133, 1]);
});

const plain = profileOf([]);
const commands = (...given: Parameters<typeof dialSteps>): string[] => dialSteps(...given).map((step) => (step.type === 'ask' ? step.command : step.type === 'pause' ? `${step.ms} ms` : step.happening.type));

test('a call is dialled by D, later digits by +VTS, a comma is half a second', () => {
  assert.equal(commands('5559876', 'tone', plain, true), ['ATDT5559876', 'dialled']);
  assert.equal(commands('12#', 'tone', plain, false), ['AT+VTS=1,2,#', 'dialled']);
  assert.equal(commands('0,,17,*A', 'tone', plain, true), ['ATDT0', '1000 ms', 'AT+VTS=1,7', '500 ms', 'AT+VTS=*,A', 'dialled']);
  assert.equal(commands('17', 'pulse', plain, false), ['ATDP17', 'dialled']);
  assert.equal(commands('17', 'tone', profileOf(['56000']), true), ['AT+VTS=1,7', 'dialled']);
});

test('what cannot be dialled is not, and no command can be slipped in', () => {
  for (const [digits, how] of [['', 'tone'], ['5;H', 'tone'], ['5\rATH', 'tone'], ['5*', 'pulse'], ['E', 'tone'], ['1'.repeat(65), 'tone']] as const) {
    assert.equal(dialSteps(digits, how, plain, true), [], digits);
  }
});

test.run();
