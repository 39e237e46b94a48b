import type { SampleFormat } from './sample-format.ts';

/** One way of coding samples, as `+VSM` selects it. */
export interface SampleMode {
  readonly number: number;
  readonly format: SampleFormat;
  /** Its line of the answer to `+VSM=?`. */
  readonly line: string;
}

/** What sets models of voice modems apart. */
export interface ModemProfile {
  readonly name: string;
  /** Answers to ATI0 to ATI9; a number that is missing is an ERROR. */
  readonly identity: Readonly<Record<number, string>>;
  readonly samples: readonly SampleMode[];
  /** What `+VLS` may select, first on-hook, then off-hook. */
  readonly lineSelections: readonly number[];
  /** Between tag and value of the caller ID block. */
  readonly callerIdGap: ' = ' | '=';
  /** A key comes between DLE / and DLE ~, or alone. */
  readonly digitBounds: boolean;
  /** `+VSM`'s silence compression when the command does not say; 0 = off. */
  readonly silenceCompression: number;
  /** In voice mode a ring is told by RING or by DLE R. */
  readonly voiceRing: 'RING' | 'DLE R';
  /** +VTR is there. */
  readonly duplex: boolean;
  /** DLE ETX goes before the OK that ends +VTR. */
  readonly duplexEtx: boolean;
  /** Two bytes 0x10 in a row go as DLE SUB. */
  readonly usesSub: boolean;
  /** Result of D in voice mode. */
  readonly dialResult: 'OK' | 'VCON';
  /** Seconds in voice mode without a word of the host until it gives up the line, `+VIT` at first; 0 = never. */
  readonly inactivitySeconds: number;
  /** Each way, bytes of samples. */
  readonly bufferBytes: number;
}

const plain: ModemProfile = {
  name: 'Voice modem of ITU-T V.253',
  identity: { 0: 'V253', 3: 'Voice modem V1.0', 9: 'V253 voice' },
  samples: [
    { number: 0, format: 's8', line: '0,"SIGNED PCM",8,0,8000,0,0' },
    { number: 1, format: 'u8', line: '1,"UNSIGNED PCM",8,0,8000,0,0' },
    { number: 4, format: 'mu', line: '4,"G.711 ULAW",8,0,8000,0,0' },
    { number: 5, format: 'a', line: '5,"G.711 ALAW",8,0,8000,0,0' },
    { number: 132, format: 's16', line: '132,"SIGNED PCM",16,0,8000,0,0' },
  ],
  lineSelections: [0, 1, 2, 3, 4, 5, 7],
  callerIdGap: ' = ',
  digitBounds: true,
  silenceCompression: 0,
  voiceRing: 'RING',
  duplex: true,
  duplexEtx: true,
  usesSub: false,
  dialResult: 'OK',
  inactivitySeconds: 0,
  bufferBytes: 4096,
};

export const modemProfiles = {
  v253: plain,
  /** The same with what V.253 leaves open the other way: tagged answers, ranges in brackets, one law, VCON, DLE SUB, no ETX after duplex. */
  tagged: {
    ...plain,
    name: 'Voice modem that tags its answers',
    samples: [
      { number: 1, format: 'u8', line: '+VSM: 1,"UNSIGNED PCM",8,0,(7200,8000,11025),(0),(0)' },
      { number: 131, format: 'mu', line: '+VSM: 131,"ULAW",8,0,(7200,8000,11025),(0),(0)' },
    ],
    dialResult: 'VCON',
    usesSub: true,
    duplexEtx: false,
  },
  /** U.S. Robotics 5637: 8-bit offset linear; keys without bounds. */
  usr5637: {
    ...plain,
    name: 'U.S. Robotics 5637',
    identity: { 0: '5601', 3: 'U.S. Robotics 56K FAX USB V1.2.23', 7: 'Configuration Profile...', 9: '' },
    samples: [{ number: 128, format: 'u8', line: '128,"8-BIT LINEAR",(8000)' }],
    digitBounds: false,
    bufferBytes: 2048,
  },
  /** Conexant CX93010 (StarTech USB56KEMH2, Zoom 3095): silence is left out of recordings until it is told not to. */
  cx93010: {
    ...plain,
    name: 'Conexant CX93010',
    identity: { 0: '56000', 3: 'CX93001-EIS_V0.2013-V92', 9: '' },
    samples: [{ number: 1, format: 'u8', line: '1,"UNSIGNED PCM",8,0,8000,0,0' }],
    lineSelections: [0, 1, 5, 6, 7, 8, 13, 20, 21],
    callerIdGap: '=',
    silenceCompression: 1,
    voiceRing: 'DLE R',
    usesSub: true,
    inactivitySeconds: 60,
    bufferBytes: 1024,
  },
} as const satisfies Record<string, ModemProfile>;

export type ModemProfileName = keyof typeof modemProfiles;
