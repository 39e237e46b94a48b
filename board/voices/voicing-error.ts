export type VoicingErrorId =
  | 'no-synthesiser' // the program or package that would speak is not installed
  | 'synthesis-failed' // it is there and did not do it
  | 'bad-recording' // a recorded voice that cannot be used
  | 'unknown-language';

/** Why a prompt bank could not be made. The message is for whoever runs the build, and says what to do. */
export class VoicingError extends Error {
  readonly id: VoicingErrorId;
  constructor(id: VoicingErrorId, message: string) {
    super(message);
    this.name = 'VoicingError';
    this.id = id;
  }
}
