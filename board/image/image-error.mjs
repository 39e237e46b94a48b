// What ends the making of an image: its message is for the person at the terminal, with place and remedy.
export class ImageError extends Error {}
