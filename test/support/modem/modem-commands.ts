// What each AT command means: a table from name to its effect on the settings, the text it answers, and what the modem must do.
import type { AtCommand } from './at-line.ts';
import type { ModemProfile } from './modem-profile.ts';
import { factorySettings, type ModemSettings } from './modem-settings.ts';
import { parseTones } from './tone-list.ts';
import type { Tone, VoiceMode } from './voice-path.ts';

export type Deed =
  | { readonly type: 'hook'; readonly off: boolean }
  | { readonly type: 'dial'; readonly number: string }
  | { readonly type: 'answer' }
  | { readonly type: 'tones'; readonly tones: readonly Tone[] }
  | { readonly type: 'stream'; readonly mode: Exclude<VoiceMode, 'command'> };

/** null: ERROR. */
export type Outcome = { readonly text?: readonly string[]; readonly deed?: Deed } | null;

type Handler = (command: AtCommand, settings: ModemSettings, profile: ModemProfile) => Outcome;

const done: Outcome = {};

export function execute(command: AtCommand, settings: ModemSettings, profile: ModemProfile): Outcome {
  const handler = handlers[command.name];
  if (handler !== undefined) return handler(command, settings, profile);
  return settings.values.has(command.name) || /^S\d+$/.test(command.name) ? kept(command, settings) : null;
}

const handlers: Readonly<Record<string, Handler>> = {
  E: flag((settings, on) => (settings.echo = on)),
  V: flag((settings, on) => (settings.verbose = on)),
  Q: flag((settings, on) => (settings.quiet = on)),
  Z: (_, settings, profile) => reset(settings, profile),
  '&F': (_, settings, profile) => reset(settings, profile),
  I: ({ value }, _, { identity }) => information(identity[Number(value)]),
  '+GMI': (_, __, { name }) => ({ text: [name] }),
  '+GMM': (_, __, { name }) => ({ text: [name] }),
  H: (_, settings) => onHook(settings),
  A: () => ({ deed: { type: 'answer' } }),
  D: ({ value }) => (/^[\dA-DTPW*#,!@;\s()\-]*$/i.test(value) ? { deed: { type: 'dial', number: value.toUpperCase() } } : null),
  '+FCLASS': serviceClass,
  '+VSM': sampleMode,
  '+VLS': lineSelection,
  '+VTS': (command, settings) => {
    const tones = inVoice(settings) && command.how === 'set' ? parseTones(command.value, 10 * Number(settings.values.get('+VTD'))) : null;
    return tones === null ? null : { deed: { type: 'tones', tones } };
  },
  '+VTX': stream('transmit'),
  '+VRX': stream('receive'),
  '+VTR': (command, settings, profile) => (profile.duplex ? stream('duplex')(command, settings, profile) : null),
  ...Object.fromEntries(['L', 'M', 'N', 'X', 'B', 'O', '&C', '&D', '&K', '&S', '\\N', '%C'].map((name) => [name, () => done])),
};

function flag(set: (settings: ModemSettings, on: boolean) => void): Handler {
  return ({ value }, settings) => {
    if (value !== '' && value !== '0' && value !== '1') return null;
    set(settings, value === '1');
    return done;
  };
}

function reset(settings: ModemSettings, profile: ModemProfile): Outcome {
  Object.assign(settings, factorySettings(profile));
  return { deed: { type: 'hook', off: false } };
}

function information(text: string | undefined): Outcome {
  if (text === undefined) return null;
  return text === '' ? done : { text: [text] };
}

function onHook(settings: ModemSettings): Outcome {
  settings.lineSelection = 0;
  return { deed: { type: 'hook', off: false } };
}

function kept({ name, how, value }: AtCommand, settings: ModemSettings): Outcome {
  if (how === 'query') return { text: [settings.values.get(name) ?? '0'] };
  if (how === 'test') return { text: ['(0-255)'] };
  if (how === 'set' && /^("[^"]*"|[\d,.]*)$/.test(value)) settings.values.set(name, value);
  else return null;
  return done;
}

function serviceClass({ how, value }: AtCommand, settings: ModemSettings): Outcome {
  if (how === 'query') return { text: [settings.serviceClass] };
  if (how === 'test') return { text: ['0,1,2.0,8'] };
  if (!['0', '1', '2.0', '8'].includes(value)) return null;
  settings.serviceClass = value;
  // Leaving voice mode gives up the line.
  return value === '8' ? done : onHook(settings);
}

function sampleMode({ how, value }: AtCommand, settings: ModemSettings, { samples, silenceCompression }: ModemProfile): Outcome {
  if (how === 'test') return { text: samples.map(({ line }) => line) };
  if (how === 'query') return { text: [`${settings.sample.number},8000,${settings.silenceCompression},0`] };
  const [number, rate = '8000', compression = `${silenceCompression}`] = value.split(',');
  const mode = samples.find((one) => `${one.number}` === number);
  if (mode === undefined || (rate !== '8000' && rate !== '') || !/^\d+$/.test(compression)) return null;
  settings.sample = mode;
  settings.silenceCompression = Number(compression);
  return done;
}

function lineSelection({ how, value }: AtCommand, settings: ModemSettings, { lineSelections }: ModemProfile): Outcome {
  if (how === 'query') return { text: [`${settings.lineSelection}`] };
  if (how === 'test') return { text: lineSelections.map((one) => `${one}`) };
  const wanted = Number(value);
  if (!inVoice(settings) || !/^\d+$/.test(value) || !lineSelections.includes(wanted)) return null;
  settings.lineSelection = wanted;
  return { deed: { type: 'hook', off: wanted % 2 === 1 } };
}

function stream(mode: Exclude<VoiceMode, 'command'>): Handler {
  // V.250, 5.4.3.2: the test of an action without values is OK where it is known.
  return ({ how }, settings) => (how === 'test' ? done : how === 'run' && inVoice(settings) && settings.lineSelection % 2 === 1 ? { deed: { type: 'stream', mode } } : null);
}

const inVoice = (settings: ModemSettings): boolean => settings.serviceClass === '8';
