import { isMainThread } from 'node:worker_threads';
import { sqlite } from 'understudy:sqlite';
import { isDatabaseThread, runDatabaseThread } from '../common/database-thread.ts';
import { flite } from 'understudy:speech';
import { main } from '../common/main.ts';
import { runMediaThread } from '../common/media-thread.ts';
import { isSpeechThread, runSpeechThread } from '../common/speech-thread.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { board } from './board.ts';
import { makeFaults } from './faults/make-faults.ts';
import { obeyStallOrders } from './faults/stall.ts';
import { makeFarEnds } from './lines/make-far-ends.ts';
import { simulatedLines } from './lines/simulated-lines.ts';
import { makePhone } from './phone/make-phone.ts';
import { drivePin, simulatedGpio } from './pins.ts';
import { sample } from './sample.ts';

if (isMainThread) void main({ board, sample, phone: makePhone, farEnds: makeFarEnds, faults: makeFaults, register: (drivers) => drivers.gpio.add('sim', () => simulatedGpio), drivePin }, process.argv.slice(2));
else if (isDatabaseThread()) runDatabaseThread(sqlite);
else if (isSpeechThread()) runSpeechThread(flite);
else {
  obeyStallOrders();
  void runMediaThread((drivers, { lines }) => {
    const simulated = simulatedLines(new LinuxClock(), lines);
    drivers.line.add('sim', () => simulated);
  });
}
