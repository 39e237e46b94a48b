/** What the medium under the unit's data tells of itself. */
export interface MediumFacts {
  /** 'mmcblk0', 'vda'; '' = not known. */
  readonly device: string;
  readonly kind: 'emmc' | 'sd' | 'other';
  /** Of its rated life, rounded up to what the device tells in (eMMC: tens), in percent; more than 100 = beyond it; null = it does not tell. */
  readonly wornPercent: number | null;
  /** Its spare blocks; null = it does not tell. */
  readonly spare: 'normal' | 'low' | 'nearly-gone' | null;
  /** The file system takes no writes: mounted so, or gone over to it after an error. */
  readonly readOnly: boolean;
}

export interface Medium {
  /** Never rejects: what cannot be read is not told. */
  facts(): Promise<MediumFacts>;
}
