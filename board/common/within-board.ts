import type { Settings } from '../../firmware/config/settings.ts';
import type { Log } from '../../firmware/log.ts';
import type { Board } from '../board.ts';

type Limits = Pick<Board, 'model' | 'maxPorts' | 'watchdogMostSec'>;

/** A board is not trusted with more ports than it says, and its watchdog is asked for no more time than it has. */
export function withinBoard(settings: Settings, board: Limits, log: Log): Settings {
  return withWatchdog(withPorts(settings, board, log), board, log);
}

function withPorts(settings: Settings, { model, maxPorts }: Limits, log: Log): Settings {
  if (settings.ports <= maxPorts) return settings;
  log.write('warning', 'ports-cut', `${settings.ports} ports are configured; board ${model} has ${maxPorts}.`);
  return { ...settings, ports: maxPorts };
}

function withWatchdog(settings: Settings, { model, watchdogMostSec }: Limits, log: Log): Settings {
  const { health } = settings;
  if (watchdogMostSec === null || health.watchdogSec <= watchdogMostSec) return settings;
  log.write('info', 'watchdog-cut', `The watchdog of board ${model} waits ${watchdogMostSec} s at the most, so health.watchdogSec is that and not ${health.watchdogSec}.`);
  return { ...settings, health: { ...health, watchdogSec: watchdogMostSec } };
}
