import { command, testWith } from '../skip.ts';
import { ParentWorld } from './parent-world.ts';

/** Lines of a runtime that feeds its parent for ever. */
export const serve = 'say limit 30; while :; do sleep 0.2; say fed; done';

/** A test of the appliance's parent with that runtime, which has begun. */
export function check(name: string, runtime: string, environment: Readonly<Record<string, string>>, body: (world: ParentWorld) => Promise<void>): void {
  testWith([command('busybox', 'busybox-static')], `appliance parent: ${name}`, async () => {
    const world = new ParentWorld(runtime, environment);
    world.begin();
    try {
      await body(world);
    } finally {
      world.end();
    }
  });
}
