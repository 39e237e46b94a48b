import type { HeaderField } from '../message.ts';

/** What we take, as every answer to an unknown method or extension tells it. */
export const allowedMethods = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'UPDATE', 'INFO', 'PRACK', 'SUBSCRIBE', 'NOTIFY'] as const;

export const supportedExtensions = ['timer', '100rel', 'histinfo'] as const;

export const allow: HeaderField = { name: 'Allow', value: allowedMethods.join(', ') };
export const supported: HeaderField = { name: 'Supported', value: supportedExtensions.join(', ') };
export const acceptSdp: HeaderField = { name: 'Accept', value: 'application/sdp' };
export const acceptDigits: HeaderField = { name: 'Accept', value: 'application/dtmf-relay, application/dtmf' };
export const sdpType: HeaderField = { name: 'Content-Type', value: 'application/sdp' };
