/** What we use of the package, which may be absent: then the driver says so, and everything else compiles and runs. */
declare module 'onoff' {
  export class Gpio {
    constructor(number: number, direction: 'in' | 'high' | 'low', edge: 'both' | 'none', options: { activeLow: boolean });
    /** In logic terms. */
    readSync(): 0 | 1;
    writeSync(value: 0 | 1): void;
    watch(changed: (error: Error | null | undefined, value: 0 | 1) => void): void;
    unexport(): void;
  }
}
