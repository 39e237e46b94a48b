import { main } from '../common/main.ts';
import { board } from './board.ts';

void main({ board, sample: {}, phone: null, farEnds: null, faults: null, register: null, drivePin: null }, process.argv.slice(2));
