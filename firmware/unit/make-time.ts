import { TimeKeeper } from '../time/time-keeper.ts';
import type { WholeUnit } from './whole-unit.ts';

/** null: the time of day is the machine's own affair. Servers of the configuration come before those that DHCP named. */
export function makeTime(unit: WholeUnit): TimeKeeper | null {
  const { clockSetter, networkSetUp } = unit.parts;
  if (clockSetter === undefined) return null;
  const servers = async (): Promise<readonly string[]> => {
    const { ntp } = unit.settings.network;
    return ntp.length > 0 ? ntp : ((await networkSetUp?.timeServers()) ?? []);
  };
  return new TimeKeeper({ ...unit.parts, setter: clockSetter, servers });
}
