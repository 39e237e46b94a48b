import type { Frame } from '../collect/frames.ts';
import { namingFrame } from '../collect/naming.ts';
import { newPinFrame } from '../collect/new-pin.ts';
import { outcallingFrame } from '../collect/outcalling.ts';
import type { StarAction } from '../key-maps/ip-office-keys.ts';

/** What the keys behind '*0' do, wherever they are pressed. */
export function starFrame(action: Exclude<StarAction, 'mark-new' | 'log-in'>): Frame {
  switch (action) {
    case 'mail-all':
    case 'mail-on':
    case 'mail-off':
      return { name: 'chore', chore: action };
    case 'change-pin':
      return newPinFrame;
    case 'record-name':
      return namingFrame;
    case 'outcalling':
      return outcallingFrame;
    case 'undelete':
      return { name: 'undelete' };
  }
}
