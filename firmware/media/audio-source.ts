/** Something that plays: a prompt, a tone, a stored recording, silence. Sources live as long as their port and are loaded anew per item. */
export interface AudioSource {
  /** Nothing more will come. */
  readonly done: boolean;
  /** Writes at most `samples` codes to out[at..]; returns how many. Fewer = `done`. */
  fill(out: Uint8Array, at: number, samples: number): number;
}
