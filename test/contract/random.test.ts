import { test } from 'uvu';
import { LinuxRandom } from '../../hal/drivers/linux/linux-random.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { randomContract } from './random-contract.ts';

randomContract('linux', () => new LinuxRandom());
randomContract('sim', () => new SimRandom(20_250_101));

test.run();
