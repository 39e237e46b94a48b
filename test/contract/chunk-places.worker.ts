import { parentThread } from '../../hal/drivers/linux/linux-thread.ts';
import type { MediaThreadEvent } from '../../firmware/media/media-protocol.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { BusyRecorders } from '../support/media/busy-recorders.ts';
import type { RecordersOrder, RecordersTold } from './chunk-places.test.ts';

/** Recorders in a thread of their own, at many times the speed of speech. */
const control = parentThread<never, MediaThreadEvent | RecordersTold>();
if (control !== null) {
  const { seed, frames } = (await control.start) as RecordersOrder;
  const recorders = new BusyRecorders(4, new SimRandom(seed), (event) => control.send(event, event.type === 'chunk' ? event.bytes : undefined));
  control.send({ type: 'chunk-places', memory: recorders.places.memory });
  let done = 0;
  const turn = (): void => {
    for (let n = 0; n < 10 && done < frames; n++, done++) recorders.frame();
    if (done < frames) return void setTimeout(turn, 1);
    recorders.end();
    control.send({ type: 'said', said: recorders.said, placed: recorders.placed, own: recorders.own });
    control.close();
  };
  turn();
}
