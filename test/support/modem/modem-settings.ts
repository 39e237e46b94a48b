import type { ModemProfile, SampleMode } from './modem-profile.ts';

/** What AT commands set. */
export interface ModemSettings {
  echo: boolean;
  verbose: boolean;
  quiet: boolean;
  /** '0' data, '2.0' fax, '8' voice. */
  serviceClass: string;
  /** `+VLS`; odd = the line is off-hook. */
  lineSelection: number;
  sample: SampleMode;
  silenceCompression: number;
  /** Parameters that are kept as they were written, by name: '+VSD', 'S7'. */
  readonly values: Map<string, string>;
}

export function factorySettings(profile: ModemProfile): ModemSettings {
  return {
    echo: true,
    verbose: true,
    quiet: false,
    serviceClass: '0',
    lineSelection: 0,
    sample: profile.samples[0] ?? { number: 1, format: 'u8', line: '' },
    silenceCompression: profile.silenceCompression,
    values: new Map([...keptParameters, ['+VIT', `${profile.inactivitySeconds}`]]),
  };
}

/** Kept and given back, with what they are at first. Times of `+VTD` and `+VTS` are in hundredths of a second. */
const keptParameters: readonly (readonly [string, string])[] = [
  ['+VGT', '128'],
  ['+VGR', '128'],
  ['+VGM', '128'],
  ['+VGS', '128'],
  ['+VRA', '50'],
  ['+VRN', '10'],
  ['+VNH', '0'],
  ['+VDR', '0,0'],
  ['+VSD', '128,50'],
  ['+VTD', '10'],
  ['+VCID', '0'],
  ['+VBT', '1,3'],
  ['+VPR', '0'],
  ['+IFC', '2,2'],
  ['+ICF', '3,3'],
  ['+IPR', '0'],
  ['+FAA', '0'],
  ['+FCR', '0'],
  ['+FBO', '0'],
  ['+FNR', '0,0,0,0'],
  ['+FLI', '""'],
  ['+FCC', '0'],
];
