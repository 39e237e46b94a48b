import { main } from '../common/main.ts';
import { board } from './board.ts';
import { makeFaults } from './faults/make-faults.ts';
import { makeFarEnds } from './lines/make-far-ends.ts';
import { makePhone } from './phone/make-phone.ts';
import { drivePin, simulatedGpio } from './pins.ts';
import { sample } from './sample.ts';

void main({ board, sample, phone: makePhone, farEnds: makeFarEnds, faults: makeFaults, register: (drivers) => drivers.gpio.add('sim', () => simulatedGpio), drivePin }, process.argv.slice(2));
