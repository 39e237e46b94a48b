/** Milliseconds: ringing, silence, ringing ... from the start again; ITU-T E.180 supplement 2 has them by country. */
const cadences: Readonly<Record<string, readonly number[]>> = {
  au: [400, 200, 400, 2000],
  fr: [1500, 3500],
  gb: [400, 200, 400, 2000],
  jp: [1000, 2000],
  nz: [400, 200, 400, 2000],
  uk: [400, 200, 400, 2000],
  us: [2000, 4000],
};
/** ITU-T E.180 section 4: what is recommended. */
const recommended: readonly number[] = [1000, 4000];

/** How a telephone rings in this tone zone. */
export const ringCadence = (zone: string): readonly number[] => (zone === 'ca' ? cadences['us'] : cadences[zone]) ?? recommended;
