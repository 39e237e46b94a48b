// Files that the board gets over the web from the test's machine.
import path from 'node:path';
import { Program } from '../peers/program.ts';
import type { BoardLan } from './board-lan.ts';

const lifeMs = 1_200_000;

export class WebFolder {
  readonly #server: Program;
  readonly #base: string;

  constructor(lan: BoardLan, folder: string) {
    this.#base = `http://${lan.host}:8080`;
    this.#server = new Program('ip', ['netns', 'exec', lan.namespace, 'busybox', 'httpd', '-f', '-p', `${lan.host}:8080`, '-h', folder], { limitMs: lifeMs });
  }

  url(file: string): string {
    return `${this.#base}/${path.basename(file)}`;
  }

  stop(): Promise<unknown> {
    return this.#server.stop();
  }
}
