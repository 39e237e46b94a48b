// What ends the making of an image: its message is for the person at the terminal, with place and remedy.
export class ImageError extends Error {}

/** What was asked for is not understood: nothing was begun, and the command ends with code 2. */
export class ImageUsageError extends ImageError {}
