// The numbers of the kernel's interface, as a C compiler reads them in DAHDI's own header. The guest is not booted for it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { emptyParams, readParams, withFlash } from '../../hal/drivers/dahdi/dahdi-message.ts';
import * as driver from '../../hal/drivers/dahdi/dahdi-numbers.ts';
import { dahdiGuest } from '../support/dahdi-guest/dahdi-guest.ts';
import { differences, headerNumbers } from '../support/dahdi-guest/header-numbers.ts';
import { event, hook, kernelTone, request } from '../support/exchange/dahdi-words.ts';
import { testWith } from '../support/skip.ts';

const upper = (names: object): Record<string, string> => Object.fromEntries(Object.keys(names).map((name) => [name, `DAHDI_${name}`]));

testWith(dahdiGuest, 'the exchange asks by the numbers of the header', () => {
  assert.equal(differences(request, upper(request)), []);
});

testWith(dahdiGuest, 'the exchange names hook states, events and tones as the header does', () => {
  assert.equal(differences(hook, { onHook: 'DAHDI_ONHOOK', offHook: 'DAHDI_OFFHOOK', flash: 'DAHDI_FLASH', start: 'DAHDI_START', ring: 'DAHDI_RING', ringOff: 'DAHDI_RINGOFF' }), []);
  assert.equal(differences(event, {
    none: 'DAHDI_EVENT_NONE', onHook: 'DAHDI_EVENT_ONHOOK', ringOffHook: 'DAHDI_EVENT_RINGOFFHOOK', winkFlash: 'DAHDI_EVENT_WINKFLASH',
    dialComplete: 'DAHDI_EVENT_DIALCOMPLETE', ringerOn: 'DAHDI_EVENT_RINGERON', ringerOff: 'DAHDI_EVENT_RINGEROFF', hookComplete: 'DAHDI_EVENT_HOOKCOMPLETE',
    ringBegin: 'DAHDI_EVENT_RINGBEGIN', pulseDigit: 'DAHDI_EVENT_PULSEDIGIT',
  }), []);
  assert.equal(differences(kernelTone, {
    stop: 'DAHDI_TONE_STOP', dial: 'DAHDI_TONE_DIALTONE', busy: 'DAHDI_TONE_BUSY', ringback: 'DAHDI_TONE_RINGTONE', congestion: 'DAHDI_TONE_CONGESTION',
    callWaiting: 'DAHDI_TONE_CALLWAIT', dialRecall: 'DAHDI_TONE_DIALRECALL', recordTone: 'DAHDI_TONE_RECORDTONE', information: 'DAHDI_TONE_INFO',
  }), []);
});

/** By the driver's names. */
const driverNames = {
  requests: {
    flush: 'DAHDI_FLUSH', getParams: 'DAHDI_GET_PARAMS', setParams: 'DAHDI_SET_PARAMS', hook: 'DAHDI_HOOK', getEvent: 'DAHDI_GETEVENT', setGains: 'DAHDI_SETGAINS',
    setBufferInfo: 'DAHDI_SET_BUFINFO', dial: 'DAHDI_DIAL', echoCancel: 'DAHDI_ECHOCANCEL', dialing: 'DAHDI_DIALING', specify: 'DAHDI_SPECIFY',
    setCadence: 'DAHDI_SETCADENCE', onHookTransfer: 'DAHDI_ONHOOKTRANSFER', toneDetect: 'DAHDI_TONEDETECT', setPolarity: 'DAHDI_SETPOLARITY',
    messageWaiting: 'DAHDI_VMWI', messageWaitingConfig: 'DAHDI_VMWI_CONFIG', bufferEvents: 'DAHDI_BUFFER_EVENTS',
  },
  sizes: {
    params: 'sizeof(struct dahdi_params)', bufferInfo: 'sizeof(struct dahdi_bufferinfo)', dialOperation: 'sizeof(struct dahdi_dialoperation)',
    cadence: 'sizeof(struct dahdi_ring_cadence)', gains: 'sizeof(struct dahdi_gains)',
  },
  signalling: { fxsLoopStart: 'DAHDI_SIG_FXSLS', fxsKewlStart: 'DAHDI_SIG_FXSKS', fxoLoopStart: 'DAHDI_SIG_FXOLS', fxoKewlStart: 'DAHDI_SIG_FXOKS' },
  hook: { onHook: 'DAHDI_ONHOOK', offHook: 'DAHDI_OFFHOOK', flash: 'DAHDI_FLASH', ring: 'DAHDI_RING', ringOff: 'DAHDI_RINGOFF' },
  events: {
    none: 'DAHDI_EVENT_NONE', onHook: 'DAHDI_EVENT_ONHOOK', ringOffHook: 'DAHDI_EVENT_RINGOFFHOOK', winkFlash: 'DAHDI_EVENT_WINKFLASH', alarm: 'DAHDI_EVENT_ALARM',
    noAlarm: 'DAHDI_EVENT_NOALARM', dialComplete: 'DAHDI_EVENT_DIALCOMPLETE', ringerOn: 'DAHDI_EVENT_RINGERON', ringerOff: 'DAHDI_EVENT_RINGEROFF',
    hookComplete: 'DAHDI_EVENT_HOOKCOMPLETE', pulseStart: 'DAHDI_EVENT_PULSE_START', polarity: 'DAHDI_EVENT_POLARITY', ringBegin: 'DAHDI_EVENT_RINGBEGIN',
    echoCancelDisabled: 'DAHDI_EVENT_EC_DISABLED', removed: 'DAHDI_EVENT_REMOVED', sentFaxAnswer: 'DAHDI_EVENT_TX_CED_DETECTED', heardFaxAnswer: 'DAHDI_EVENT_RX_CED_DETECTED',
    sentFaxCalling: 'DAHDI_EVENT_TX_CNG_DETECTED', heardFaxCalling: 'DAHDI_EVENT_RX_CNG_DETECTED', readOverrun: 'DAHDI_EVENT_READ_OVERRUN',
    writeUnderrun: 'DAHDI_EVENT_WRITE_UNDERRUN', pulseDigit: 'DAHDI_EVENT_PULSEDIGIT', dtmfDown: 'DAHDI_EVENT_DTMFDOWN', dtmfUp: 'DAHDI_EVENT_DTMFUP',
  },
  laws: { mu: 'DAHDI_LAW_MULAW', a: 'DAHDI_LAW_ALAW' },
} as const;

for (const [group, names] of Object.entries(driverNames)) {
  testWith(dahdiGuest, `the driver's ${group} are those of the header`, () => {
    assert.equal(differences(driver[group as keyof typeof driverNames], names), []);
  });
}

testWith(dahdiGuest, "the driver's single numbers are those of the header", () => {
  const { flushWrite, dialReplace, neonLamp, toneDetectOn } = driver;
  assert.equal(differences({ flushWrite, dialReplace, neonLamp, toneDetectOn }, {
    flushWrite: 'DAHDI_FLUSH_WRITE', dialReplace: 'DAHDI_DIAL_OP_REPLACE', neonLamp: 'DAHDI_VMWI_HVAC', toneDetectOn: 'DAHDI_TONEDETECT_ON',
  }), []);
});

testWith(dahdiGuest, 'the driver reads and writes the parameters of a channel where the header has them', () => {
  const fields = ['channo', 'sigtype', 'rxisoffhook', 'rxhooksig', 'curlaw', 'chan_alarms', 'name', 'flashtime', 'rxflashtime'];
  const [channel = 0, signalling = 0, farOffHook = 0, farHook = 0, law = 0, alarms = 0, name = 0, ours = 0, theirs = 0] = headerNumbers(fields.map((field) => `offsetof(struct dahdi_params, ${field})`));
  const params = emptyParams();
  for (const [value, at] of [[7, channel], [0x2004, signalling], [1, farOffHook], [3, farHook], [driver.laws.a, law], [4, alarms]] as const) params.writeInt32LE(value, at);
  params.write('WCTDM/0/1', name, 'latin1');
  assert.equal(readParams(params), { channel: 7, signalling: 0x2004, farOffHook: true, farHook: 3, law: 'PCMA', name: 'WCTDM/0/1', alarms: 4 });
  assert.is(withFlash(params, 'ours', 80).readInt32LE(ours), 80);
  assert.is(withFlash(params, 'theirs', 90).readInt32LE(theirs), 90);
});

testWith(dahdiGuest, 'a number that differs is told', () => {
  assert.equal(differences({ RING: 6 }, { RING: 'DAHDI_RING' }), ['RING is 0x6 here, DAHDI_RING is 0x5']);
  assert.equal(differences({ RING: 5 }, {}), ['RING is not compared with anything']);
});

test.run();
