import { z } from 'zod';

/** What a person needs to know of a setting: what it does, and which values it takes. */
export interface SettingNote {
  readonly help: string;
  readonly expects: string;
}

/** The notes of every leaf of `configSchema`; error messages, `--help` and the documents read them. */
export const settingNotes = z.registry<SettingNote>();
