/** In the media thread: a far end for each line that the configuration gives the driver `sim`, moved by orders. */
import type { LineSettings } from '../../../firmware/media/media-protocol.ts';
import type { Clock } from '../../../hal/clock.ts';
import { lineFrameSamples } from '../../../hal/line.ts';
import { SimExchange } from '../../../hal/sim/sim-exchange.ts';
import type { SimFarEnd, SimLineOptions } from '../../../hal/sim/sim-far-end.ts';
import { SimLines } from '../../../hal/sim/sim-line.ts';
import { SimTelephone } from '../../../hal/sim/sim-telephone.ts';
import { SimLineChannel, type SimLineNews, type SimLineOrder } from './line-orders.ts';

const heardFrames = 5;

/** The media thread's end of it. */
export type OrderChannel = Pick<SimLineChannel<SimLineOrder, SimLineNews>, 'received' | 'send'>;

type Tell = (news: SimLineNews) => void;

/** Errors: none; orders for a place that does not exist are ignored. */
export function simulatedLines(clock: Clock, settings: readonly LineSettings[], channel: OrderChannel = new SimLineChannel<SimLineOrder, SimLineNews>()): SimLines {
  const lines = new SimLines(clock);
  const tell: Tell = (news) => channel.send(news);
  for (const { place, kind, options } of settings.filter(({ driver }) => driver === 'sim')) watch(place, kind === 'trunk' ? lines.exchange(place, optionsOf(options)) : lines.telephone(place, optionsOf(options)), tell);
  channel.received = (order) => {
    const end = lines.at(order.place);
    if (end !== null) obey(end, order, tell);
  };
  return lines;
}

/** What a simulated line may be told in the configuration: `duplex: half`, `law: PCMA`, `ppm: 50`. */
function optionsOf({ duplex, law, ppm }: LineSettings['options']): SimLineOptions {
  return { duplex: duplex === 'half' ? 'half' : 'full', law: law === 'PCMA' ? 'PCMA' : 'PCMU', ppm: Number(ppm ?? 0) || 0 };
}

function watch(place: string, end: SimFarEnd, tell: Tell): void {
  if (end instanceof SimExchange || end instanceof SimTelephone) end.news = (news: Exclude<SimLineNews['news'], 'heard' | 'state'>) => tell({ place, news });
}

function obey(end: SimFarEnd, order: SimLineOrder, tell: Tell): void {
  if (order.act === 'speak') return end.speak(order.codes);
  if (order.act === 'keys') return end.keys(order.keys, order.via);
  if (order.act === 'battery') return end.battery(order.present);
  if (order.act === 'listen') return listen(end, order.place, order.on, tell);
  if (order.act === 'ask') return tell(stateOf(end, order.place));
  if (order.act === 'unplug') return end.unplug();
  if (order.act === 'plug') return end.plug();
  if (end instanceof SimExchange) moveExchange(end, order);
  else if (end instanceof SimTelephone) moveTelephone(end, order);
}

function moveExchange(exchange: SimExchange, order: SimLineOrder): void {
  if (order.act === 'ring') exchange.ring(order.callerId);
  else if (order.act === 'connect') exchange.connect();
  else if (order.act === 'hang-up') exchange.hangUp(order.by, order.tone);
  else if (order.act === 'tone') exchange.tone(order.tone);
}

function moveTelephone(telephone: SimTelephone, order: SimLineOrder): void {
  if (order.act === 'lift') telephone.lift();
  else if (order.act === 'put-down' || order.act === 'hang-up') telephone.putDown();
  else if (order.act === 'flash') telephone.flash();
}

function listen(end: SimFarEnd, place: string, on: boolean, tell: Tell): void {
  if (!on) return void (end.heard = null);
  const gathered = new Uint8Array(heardFrames * lineFrameSamples);
  let frames = 0;
  end.heard = (frame) => {
    gathered.set(frame, frames * lineFrameSamples);
    if (++frames < heardFrames) return;
    frames = 0;
    tell({ place, news: 'heard', codes: gathered.slice() });
  };
}

function stateOf(end: SimFarEnd, place: string): SimLineNews {
  const { speaking } = end;
  const common = { place, news: 'state', speaking } as const;
  if (end instanceof SimExchange) return { ...common, kind: 'trunk', offHook: end.offHook, ringing: end.ringing, lampLit: false, callerId: null, dialled: end.dialled };
  const telephone = end as SimTelephone;
  return { ...common, kind: 'phone', offHook: telephone.lifted, ringing: telephone.ringing, lampLit: telephone.lampLit, callerId: telephone.callerId, dialled: '' };
}
