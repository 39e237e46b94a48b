import { applianceSample } from '../common/appliance-sample.ts';
import { main } from '../common/main.ts';
import { board } from './board.ts';

void main({ board, sample: applianceSample, phone: null, farEnds: null, faults: null, register: null, drivePin: null }, process.argv.slice(2));
