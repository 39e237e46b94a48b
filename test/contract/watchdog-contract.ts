import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Watchdog } from '../../hal/watchdog.ts';

/** What every watchdog does. `make` also gives what to tear down afterwards. */
export function watchdogContract(driver: string, make: () => Promise<{ watchdog: Watchdog; stop(): Promise<void> }>): void {
  const check = (name: string, body: (watchdog: Watchdog) => Promise<void>): void => {
    test(`watchdog ${driver}: ${name}`, async () => {
      const { watchdog, stop } = await make();
      try {
        await body(watchdog);
      } finally {
        await watchdog.disarm();
        await stop();
      }
    });
  };

  check('has a name for people', async (watchdog) => assert.match(watchdog.name, /^[\w/]+/));

  check('arms, is fed, disarms', async (watchdog) => {
    await watchdog.arm(10_000);
    for (let at = 0; at < 5; at++) watchdog.feed();
    await watchdog.disarm();
  });

  check('feeding and disarming one that is not armed does nothing', async (watchdog) => {
    watchdog.feed();
    await watchdog.disarm();
    await watchdog.disarm();
    watchdog.feed();
  });

  check('may be armed again, with another time, before and after disarming', async (watchdog) => {
    await watchdog.arm(10_000);
    await watchdog.arm(20_000);
    await watchdog.disarm();
    await watchdog.arm(5_000);
  });
}
