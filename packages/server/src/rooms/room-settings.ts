import { audioSettingsSchema, type MediaSettings, type RoomSettings, videoSettingsSchema } from '@bitbasel/protocol';
import type { Config } from '../config/schema.ts';

/** What a room asks of its host: the server's configuration, overridden by the room's own settings. */
export function mediaSettings(config: Config, settings: RoomSettings): MediaSettings {
  return {
    video: videoSettingsSchema.parse({ ...config.video, ...settings.video }),
    audio: audioSettingsSchema.parse({ ...config.audio, ...settings.audio }),
  };
}

/** A room may take more hosts than the server's default, or fewer. */
export function hostLimit(config: Config, settings: RoomSettings): number {
  return settings.max_hosts ?? config.rooms.max_hosts;
}

/** A room may lower the server's limit, not raise it. */
export function viewerLimit(config: Config, settings: RoomSettings): number {
  const limit = config.rooms.max_viewers_per_room;
  return Math.min(limit, settings.max_viewers ?? limit);
}

export interface ChatRules {
  readonly isEnabled: boolean;
  readonly slowModeSeconds: number;
}

/** A room may do without its chat, and set another pace. */
export function chatRules({ chat }: Config, settings: RoomSettings): ChatRules {
  return {
    isEnabled: chat.enabled && (settings.chat?.enabled ?? true),
    slowModeSeconds: settings.chat?.slow_mode_seconds ?? chat.slow_mode_seconds,
  };
}
