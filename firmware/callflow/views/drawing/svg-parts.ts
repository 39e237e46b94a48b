export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** No box: an arrow passes through. */
  readonly passes: boolean;
}

export interface Route {
  /** SVG path data. */
  readonly path: string;
  readonly back: boolean;
  readonly label: string;
  readonly labelX: number;
  readonly labelY: number;
}

/** What stands in a box. 'stray': nothing leads to it. */
export interface Face {
  readonly kind: 'start' | 'node' | 'stray';
  readonly title: string;
  readonly action: string;
  readonly words: string;
  readonly group: string;
}

export const boxHeight = 58;

/** About, in a sans-serif face. */
export const textWidth = (text: string, size: number): number => text.length * size * 0.58;

const colours: Readonly<Record<string, string>> = {
  Basic: '#3b6ea5', Mailbox: '#2f855a', Configuration: '#6b46c1', Telephony: '#b7791f', Miscellaneous: '#4a5568', Condition: '#b83280', Database: '#2c7a7b', Queue: '#c05621',
};

export function page(width: number, height: number, title: string, parts: readonly string[]): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="Helvetica, Arial, sans-serif">`,
    `<title>${escaped(title)}</title>`,
    '<defs>',
    marker('arrow', '#4a5568'),
    marker('arrow-back', '#a0aec0'),
    '</defs>',
    `<rect width="${w}" height="${h}" fill="#ffffff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

const marker = (id: string, colour: string): string => `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0.8 L7.5 4 L0 7.2 Z" fill="${colour}"/></marker>`;

export function svgBox({ x, y, width, height }: Box, { kind, title, action, words, group }: Face): string {
  const colour = kind === 'start' ? '#1a202c' : (colours[group] ?? '#4a5568');
  const at = (value: number): number => Math.round(value * 10) / 10;
  const round = kind === 'start' ? height / 2 : 6;
  const line = (text: string, below: number, size: number, style: string): string => (text === '' ? '' : `<text x="${at(x + width / 2)}" y="${at(y + below)}" text-anchor="middle" font-size="${size}" ${style}>${escaped(text)}</text>`);
  return [
    `<g><rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${height}" rx="${round}" fill="${kind === 'start' ? '#edf2f7' : '#ffffff'}" stroke="${colour}" stroke-width="1.5"${kind === 'stray' ? ' stroke-dasharray="4 3"' : ''}/>`,
    line(title, words === '' ? 26 : 20, 13, 'font-weight="bold" fill="#1a202c"'),
    line(action, words === '' ? 43 : 35, 11, `fill="${colour}"`),
    line(words, 50, 10.5, 'font-style="italic" fill="#718096"'),
    '</g>',
  ].join('');
}

export function svgRoute({ path, back, label, labelX, labelY }: Route): string {
  const style = back ? 'stroke="#a0aec0" stroke-dasharray="5 3" marker-end="url(#arrow-back)"' : 'stroke="#4a5568" marker-end="url(#arrow)"';
  const text = label === '' ? '' : `<text x="${Math.round(labelX * 10) / 10}" y="${Math.round(labelY * 10) / 10}" font-size="11" fill="#2d3748" stroke="#ffffff" stroke-width="3" paint-order="stroke">${escaped(label)}</text>`;
  return `<path d="${path}" fill="none" stroke-width="1.3" ${style}/>${text}`;
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
