import type { SampleChoices } from '../../firmware/config/sample.ts';

/** Telephones and PBXs on this machine and on private networks around it may call; nobody else. */
export const sample: SampleChoices = {
  ports: 8,
  console: { idleMin: 0 },
  peers: [
    { name: 'loopback', addresses: ['127.0.0.0/8', '::1'] },
    { name: 'lan', addresses: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] },
  ],
};
