import type { LineSettings } from '../../firmware/config/line-settings.ts';
import type { Log } from '../../firmware/log.ts';
import type { LineSettings as MediaLine } from '../../firmware/media/media-protocol.ts';
import type { Board } from '../board.ts';

type Lines = Pick<Board, 'model' | 'lines' | 'drivers'>;

/** What the media thread opens: each line of the configuration, in its order, with the driver and the place that the board or the configuration names. */
export function mediaLines(lines: readonly LineSettings[], board: Lines): readonly MediaLine[] {
  return lines.map((line) => {
    const { name, kind, zone, callerId, echoTailMs, heardDb, sentDb, silenceSec } = line;
    return { name, kind, ...placeOf(line, board), zone, callerId, echoTailMs, heardDb, sentDb, silenceMs: silenceSec * 1000, options: optionsOf(line) };
  });
}

/** Lines that this board does not have, a sentence each with its remedy. */
export function lineFaults(lines: readonly LineSettings[], board: Lines): string[] {
  return lines.flatMap((line) => {
    const why = faultOf(line, board);
    return why === null ? [] : [`lines[${line.name}].device: ${why}`];
  });
}

/** A line that the board does not have stays in its place, and is one that cannot be opened. */
export function tellLineFaults(lines: readonly LineSettings[], board: Lines, log: Log): void {
  for (const fault of lineFaults(lines, board)) log.write('alert', 'line-without-device', `${fault}.`);
}

function faultOf({ device, kind }: LineSettings, { model, lines, drivers }: Lines): string | null {
  const port = lines.find(({ name }) => name === device);
  const known = [...lines.map(({ name }) => name), ...drivers.lines.map((driver) => `${driver}:PLACE`)].join(', ');
  if (port !== undefined) return port.kind === kind ? null : `${device} of board ${model} is a port for a ${port.kind}, not for a ${kind} (use another port, or kind: ${port.kind})`;
  const [driver] = device.split(':', 1) as [string];
  if (driver !== device && drivers.lines.includes(driver)) return null;
  return `board ${model} has no ${device} (${known === '' ? 'it has no lines' : `it has: ${known}`})`;
}

function optionsOf({ modem, options }: LineSettings): Record<string, string> {
  const pairs = options.map((option): [string, string] => [option.slice(0, option.indexOf('=')), option.slice(option.indexOf('=') + 1)]);
  return Object.fromEntries(modem === null ? pairs : [...pairs, ['profile', modem]]);
}

function placeOf({ device }: LineSettings, { lines }: Lines): { readonly driver: string; readonly place: string } {
  const port = lines.find(({ name }) => name === device);
  if (port !== undefined) return { driver: port.driver, place: port.place };
  const at = device.indexOf(':');
  return at < 0 ? { driver: device, place: '' } : { driver: device.slice(0, at), place: device.slice(at + 1) };
}
