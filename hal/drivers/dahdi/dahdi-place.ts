import { HalError } from '../../errors.ts';

/** Where a channel is: `channel` is named to the common device, null = the path is the channel's own. */
export interface DahdiPlace {
  readonly path: string;
  readonly channel: number | null;
}

const mostChannels = 1024;

/** '5', '/dev/dahdi/5' or '/dev/dahdi/chan/001/05'. Errors: not-found. */
export function dahdiPlace(place: string): DahdiPlace {
  const channel = /^[1-9][0-9]{0,3}$/.test(place) ? Number(place) : 0;
  if (channel > 0 && channel <= mostChannels) return { path: '/dev/dahdi/channel', channel };
  if (/^\/dev\/dahdi\/(?:[1-9][0-9]*|chan\/[0-9]+\/[0-9]+)$/.test(place)) return { path: place, channel: null };
  throw new HalError('not-found', place, `no DAHDI channel: write its number (1 to ${mostChannels}, as \`dahdi_cfg -v\` prints it) or /dev/dahdi/chan/SPAN/CHANNEL`);
}
