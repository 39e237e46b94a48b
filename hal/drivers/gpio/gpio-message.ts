/** linux/gpio.h, version 2 of the interface (kernel 5.10 and newer): what goes through ioctl, as bytes. */
import type { PinPlace } from '../../gpio.ts';

export const requests = {
  /** GPIO_GET_CHIPINFO_IOCTL */
  chipInfo: 0x8044b401,
  /** GPIO_V2_GET_LINE_IOCTL */
  getLine: 0xc250b407,
  /** GPIO_V2_LINE_GET_VALUES_IOCTL */
  getValues: 0xc010b40e,
  /** GPIO_V2_LINE_SET_VALUES_IOCTL */
  setValues: 0xc010b40f,
} as const;

/** GPIO_V2_LINES_MAX */
export const mostLines = 64;

/** GPIO_V2_LINE_FLAG_* */
const flag = { activeLow: 1n << 1n, input: 1n << 2n, output: 1n << 3n, edgeRising: 1n << 4n, edgeFalling: 1n << 5n, biasUp: 1n << 8n, biasDown: 1n << 9n, biasNone: 1n << 10n } as const;
const biasFlag = { none: flag.biasNone, up: flag.biasUp, down: flag.biasDown } as const;

/** struct gpiochip_info */
const chipInfoBytes = 68;
/** struct gpio_v2_line_request */
const lineRequestBytes = 592;
const consumerAt = 256;
const consumerBytes = 32;
const configAt = 288;
const attributesAt = configAt + 32;
const attributeBytes = 24;
const mostAttributes = 10;
const numLinesAt = 560;
const eventBufferAt = 564;
const fdAt = 588;
/** GPIO_V2_LINE_ATTR_ID_FLAGS, GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES */
const attributeFlags = 1;
const attributeValues = 2;
/** struct gpio_v2_line_event */
export const eventBytes = 48;

export const emptyChipInfo = (): Buffer => Buffer.alloc(chipInfoBytes);

export function readChipInfo(bytes: Buffer): { readonly name: string; readonly label: string; readonly lines: number } {
  const text = (at: number): string => bytes.subarray(at, at + 32).toString('latin1').split('\0')[0] ?? '';
  return { name: text(0), label: text(32), lines: bytes.readUInt32LE(64) };
}

export interface LineRequest {
  readonly direction: 'in' | 'out';
  readonly place: Pick<PinPlace, 'line' | 'activeLow' | 'bias'>;
}

/** All lines of one chip in one request: inputs tell both edges, outputs begin not asserted. At most `mostLines`. */
export function lineRequest(consumer: string, lines: readonly LineRequest[], eventBuffer: number): Buffer {
  const bytes = Buffer.alloc(lineRequestBytes);
  lines.forEach(({ place }, index) => bytes.writeUInt32LE(place.line, index * 4));
  bytes.write(consumer.slice(0, consumerBytes - 1), consumerAt, 'latin1');
  const [common = 0n, ...others] = [...new Set(lines.map(flagsOf))];
  bytes.writeBigUInt64LE(common, configAt);
  const attributes = [
    ...others.map((flags) => ({ id: attributeFlags, value: flags, mask: maskWhere(lines, (line) => flagsOf(line) === flags) })),
    // The kernel counts in logic terms here: 0 = not asserted, whatever the level.
    { id: attributeValues, value: 0n, mask: maskWhere(lines, ({ direction }) => direction === 'out') },
  ].filter(({ mask }) => mask !== 0n);
  if (attributes.length > mostAttributes) throw new RangeError('more kinds of lines than the kernel takes in one request');
  bytes.writeUInt32LE(attributes.length, configAt + 8);
  attributes.forEach(({ id, value, mask }, index) => {
    const at = attributesAt + index * attributeBytes;
    bytes.writeUInt32LE(id, at);
    bytes.writeBigUInt64LE(value, at + 8);
    bytes.writeBigUInt64LE(mask, at + 16);
  });
  bytes.writeUInt32LE(lines.length, numLinesAt);
  bytes.writeUInt32LE(eventBuffer, eventBufferAt);
  return bytes;
}

/** The descriptor of the lines, which the kernel put into the request. */
export const lineDescriptor = (request: Buffer): number => request.readInt32LE(fdAt);

/** struct gpio_v2_line_values: bit n is the n-th line of the request. */
export function lineValues(bits: bigint, mask: bigint): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(bits, 0);
  bytes.writeBigUInt64LE(mask, 8);
  return bytes;
}

export const valueBits = (values: Buffer): bigint => values.readBigUInt64LE(0);

/** The lines whose edges were told: offsets of the chip, oldest first. */
export function edgeLines(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / eventBytes) }, (_, index) => bytes.readUInt32LE(index * eventBytes + 12));
}

function flagsOf({ direction, place }: LineRequest): bigint {
  const polarity = place.activeLow ? flag.activeLow : 0n;
  return direction === 'out' ? flag.output | polarity : flag.input | flag.edgeRising | flag.edgeFalling | biasFlag[place.bias] | polarity;
}

function maskWhere(lines: readonly LineRequest[], holds: (line: LineRequest) => boolean): bigint {
  return lines.reduce((mask, line, index) => (holds(line) ? mask | (1n << BigInt(index)) : mask), 0n);
}
