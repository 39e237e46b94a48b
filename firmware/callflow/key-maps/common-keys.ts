import type { KeyMap } from './key-map.ts';

/** Keys of what both modes have, where neither has keys of its own. All of them are choices of ours. */
export type NameAction = 'listen' | 'record' | 'save' | 'return';
export const nameKeys: KeyMap<NameAction> = { '1': 'listen', '2': 'record', '3': 'save', '#': 'save', '8': 'return', '*7': 'return' };

/** The owner of these letters, among several: the first to the ninth. */
export const pickKeys: KeyMap<'1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | 'return'> = {
  '1': '1', '2': '2', '3': '3', '4': '4', '5': '5', '6': '6', '7': '7', '8': '8', '9': '9', '0': 'return', '*': 'return',
};

/** While mailboxes are keyed in, beside their digits; in Intuity mode alone. */
export type AddressAction = 'by-name' | 'by-list' | 'drop' | 'everyone' | 'help' | 'cancel';
export const addressKeys: KeyMap<AddressAction> = { '*2': 'by-name', '**6': 'by-name', '*5': 'by-list', '**5': 'by-list', '*3': 'drop', '*9': 'everyone', '*4': 'help', '*7': 'cancel' };

export const noAddressKeys: KeyMap<AddressAction> = {};

/** *07 of IP Office mode has these keys; in Intuity mode they are behind 6. */
export type OutcallingAction = 'hear' | 'configure' | 'off' | 'on' | 'return';
export const outcallingKeys: KeyMap<OutcallingAction> = { '0': 'hear', '1': 'configure', '6': 'off', '9': 'on', '8': 'return', '*7': 'return' };

export const destinationKeys: KeyMap<'desk' | 'home' | 'mobile' | 'delegate' | 'other' | 'return'> = {
  '1': 'desk', '2': 'home', '3': 'mobile', '4': 'delegate', '5': 'other', '8': 'return', '*7': 'return',
};
