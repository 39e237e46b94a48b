import type { MediaCommand } from './media-protocol.ts';
import type { Player } from './player.ts';

/** Commands to what plays, and no others. */
export type PlayerCommand = Extract<MediaCommand, { type: 'stop-play' | 'seek' | 'pause' | 'speed' | 'block' }>;

export function steerPlayer(player: Player, command: PlayerCommand): void {
  switch (command.type) {
    case 'stop-play':
      return player.stop();
    case 'seek':
      return player.seek(command.deltaMs);
    case 'pause':
      return player.pause(command.paused);
    case 'speed':
      return player.speed(command.percent);
    case 'block':
      return player.block(command.play, command.stream, command.offset, command.bytes);
  }
}
