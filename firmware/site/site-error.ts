/** Every way in which site state is refused. What the disk refuses is a HalError, what the connection refuses a ChannelError. */
export type SiteErrorId =
  | 'malformed' // no manifest, or a content that is not what its name says
  | 'too-large'
  | 'newer-schema' // made by a program that knows more than this one
  | 'foreign-site'
  | 'unknown-author'
  | 'bad-signature'
  | 'below-floor' // older than what may still count
  | 'damaged' // a content has not the hash that names it
  | 'missing' // a content, version or sibling that nobody has
  | 'not-applicable'; // right in itself, and this unit cannot work with it

export class SiteError extends Error {
  readonly id: SiteErrorId;

  constructor(id: SiteErrorId, detail: string) {
    super(detail);
    this.name = 'SiteError';
    this.id = id;
  }
}
