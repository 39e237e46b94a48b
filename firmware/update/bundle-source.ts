/** Why a text names no bundle, as a sentence without its full stop; null = it does. */
export const bundleSourceFault = (text: string): string | null =>
  text === 'usb' || /^https?:\/\/\S{1,2000}$/.test(text) || /^\S{1,500}\.raucb$/.test(text) ? null : 'a bundle is usb, a URL that begins with http, or a file that ends in .raucb';
