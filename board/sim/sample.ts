import type { SampleChoices } from '../../firmware/config/sample.ts';

/** Telephones and PBXs on this machine and on private networks around it may call; nobody else. */
export const sample: SampleChoices = {
  ports: 8,
  console: { idleMin: 0 },
  peers: [
    { name: 'loopback', addresses: ['127.0.0.0/8', '::1'] },
    { name: 'lan', addresses: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] },
  ],
  lines: [
    { name: 'trunk-1', device: 'trunk-1', kind: 'trunk', number: '5550100' },
    { name: 'trunk-2', device: 'trunk-2', kind: 'trunk', number: '5550101' },
    { name: 'phone-1', device: 'phone-1', kind: 'phone', number: '204' },
    { name: 'phone-2', device: 'phone-2', kind: 'phone', number: '205' },
  ],
  incoming: [
    { name: 'owners', did: '5550101', collect: true },
    { name: 'callers', mailbox: '201' },
  ],
};
