import { ChunkPlaces } from './chunk-places.ts';
import type { MediaEvent, MediaThreadEvent } from './media-protocol.ts';

/**
 * Control's door for what the media thread sends: takes chunks out of their places as they come, before anybody asks whose they are (a place
 * is given back also when the call is gone), and passes all on as events with octets of their own.
 */
export function wholeEvents(tell: (event: MediaEvent) => void): (event: MediaThreadEvent) => void {
  let places: ChunkPlaces | null = null;
  return (event) => {
    if (event.type === 'chunk-places') places = ChunkPlaces.of(event.memory);
    else if (event.type !== 'placed-chunk') tell(event);
    else tell(places?.fetch(event.place) ?? nothingThere(event.place));
  };
}

/** It cannot be; were it so, audio would be lost, and somebody has to know. */
const nothingThere = (place: number): MediaEvent => ({ type: 'log', severity: 'error', event: 'no-chunk-there', text: 'The media thread told of recorded audio in a place that holds none.', facts: { place } });
