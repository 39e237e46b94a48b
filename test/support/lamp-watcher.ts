import type { SimHost } from '../../hal/sim/sim-host.ts';

export interface SeenLamp {
  readonly mailbox: string;
  readonly waiting: boolean;
  /** 'new/old' of the Voice-Message line. */
  readonly counts: string;
}

/** A PBX's lamp side: takes NOTIFYs on port 5060, answers each with 200 as it does OPTIONS, keeps what it was told. Hand-written, so that the unit's own parser proves nothing to itself. */
export async function watchLamps(host: SimHost, address: string): Promise<SeenLamp[]> {
  const seen: SeenLamp[] = [];
  const socket = await host.datagram.bind({ address, port: 5060 });
  socket.received = (bytes, from) => {
    const text = Buffer.from(bytes).toString('latin1');
    const line = (name: string): string => new RegExp(`^${name}: ?(.*)\r$`, 'm').exec(text)?.[1] ?? '';
    if (!/^(NOTIFY|OPTIONS) /.test(text)) return;
    if (text.startsWith('NOTIFY ')) seen.push({ mailbox: /^NOTIFY sip:([^@]+)@/.exec(text)?.[1] ?? '', waiting: line('Messages-Waiting') === 'yes', counts: line('Voice-Message').split(' ')[0] ?? '' });
    const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name) => `${name}: ${line(name)}`).join('\r\n');
    socket.send(Buffer.from(`SIP/2.0 200 OK\r\n${copied}\r\nContent-Length: 0\r\n\r\n`), from);
  };
  return seen;
}
