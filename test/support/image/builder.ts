import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** A module of the builder (`board/image/bundle.mjs`): plain JavaScript, without types, and found by its place in the project. */
export const builder = (file: string) => import(pathToFileURL(path.resolve(file)).href);
