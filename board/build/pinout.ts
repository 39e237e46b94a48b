/**
 * A board's pin-out for people, made of its data: a table for the README and a picture of the header. `node board/build/pinout.mjs`
 * writes both; a test holds them to the data.
 */
import type { BoardPin, PinUse } from '../../firmware/signals/pin-uses.ts';
import { directionOf, pinUses } from '../../firmware/signals/pin-uses.ts';
import type { HeaderPin } from '../header-pin.ts';

export interface Pinout {
  readonly pins: readonly BoardPin[];
  /** In the order of their numbers, from 1; odd ones in the left column. */
  readonly header: readonly HeaderPin[];
}

/** Markdown: one row a wired pin, by its number on the header. */
export function pinoutTable({ pins, header }: Pinout): string {
  const rows = pins.map((pin) => ({ pin, at: numberOf(header, pin.line) })).sort((one, other) => one.at - other.at);
  return ['| header | GPIO | what | way | asserted | means |', '| --- | --- | --- | --- | --- | --- |', ...rows.map(({ pin, at }) => row(pin, at))].join('\n');
}

function row({ use, line, activeLow, bias }: BoardPin, at: number): string {
  const level = activeLow ? 'low' : 'high';
  const held = bias === 'none' ? level : `${level} (pulled ${bias} inside)`;
  return `| ${at} | ${line} | \`${use}\` | ${directionOf(use)} | ${held} | ${pinUses[use].asserted} |`;
}

function numberOf(header: readonly HeaderPin[], line: number): number {
  const index = header.findIndex((pin) => 'gpio' in pin && pin.gpio === line);
  if (index < 0) throw new RangeError(`GPIO ${line} is not on the header`);
  return index + 1;
}

const rowHeight = 22;
const top = 16;
const width = 760;
const [leftAt, rightAt] = [width / 2 - 13, width / 2 + 13] as const;

/** SVG: the header as one looks at it, pin 1 at the upper left, with what is wired to each pin. */
export function pinoutSvg(pinout: Pinout, title: string): string {
  const height = 2 * top + (pinout.header.length / 2) * rowHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<rect x="${leftAt - 13}" y="${top - 4}" width="52" height="${height - 2 * top + 8}" rx="4" fill="#263238"/>`,
    ...pinout.header.map((pin, index) => pinOf(pin, index, pinout.pins)),
    '</svg>',
    '',
  ].join('\n');
}

function pinOf(pin: HeaderPin, index: number, pins: readonly BoardPin[]): string {
  const left = index % 2 === 0;
  const y = top + Math.floor(index / 2) * rowHeight + rowHeight / 2;
  const use = 'gpio' in pin ? (pins.find(({ line }) => line === pin.gpio)?.use ?? null) : null;
  const { text, colour } = lookOf(pin, use);
  const [numberAt, textAt, anchor] = left ? [leftAt - 20, leftAt - 44, 'end'] : [rightAt + 20, rightAt + 44, 'start'];
  return [
    `<circle cx="${left ? leftAt : rightAt}" cy="${y}" r="8" fill="${colour}" stroke="#eceff1"/>`,
    `<text x="${numberAt}" y="${y + 4}" text-anchor="${anchor}" fill="#90a4ae">${index + 1}</text>`,
    `<text x="${textAt}" y="${y + 4}" text-anchor="${anchor}" fill="${use === null ? '#78909c' : '#000000'}"${use === null ? '' : ' font-weight="bold"'}>${text}</text>`,
  ].join('');
}

const colours = { supply: '#d32f2f', ground: '#000000', in: '#1e88e5', out: '#43a047', taken: '#8e24aa', free: '#b0bec5' } as const;

function lookOf(pin: HeaderPin, use: PinUse | null): { readonly text: string; readonly colour: string } {
  if ('supply' in pin) return { text: pin.supply, colour: pin.supply === 'ground' ? colours.ground : colours.supply };
  if (use !== null) return { text: `${use} · GPIO ${pin.gpio}`, colour: colours[directionOf(use)] };
  return pin.taken === undefined ? { text: `GPIO ${pin.gpio}`, colour: colours.free } : { text: `${pin.taken} · GPIO ${pin.gpio}`, colour: colours.taken };
}
