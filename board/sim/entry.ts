import { main } from '../common/main.ts';
import { board } from './board.ts';
import { makeFaults } from './faults/make-faults.ts';
import { drivePin, simulatedGpio } from './pins.ts';
import { sample } from './sample.ts';

void main({ board, sample, phone: async (unit) => (await import('./phone/make-phone.ts')).makePhone(unit), farEnds: async (unit) => (await import('./lines/make-far-ends.ts')).makeFarEnds(unit), faults: makeFaults, register: (drivers) => drivers.gpio.add('sim', () => simulatedGpio), drivePin }, process.argv.slice(2));
