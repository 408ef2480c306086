import { z } from 'zod';

/** What a person needs to know of a setting: what it does, and which values it takes. */
export interface SettingNote {
  readonly help: string;
  readonly expects: string;
  /**
   * What of a value is shown to nobody, in no error and no log: `all` of it; `credentials` within a URL; or, in a list,
   * all but what stands under the keys that are named here.
   */
  readonly hides?: 'all' | 'credentials' | { readonly allBut: readonly string[] };
}

/** The notes of every leaf of `configSchema`; error messages, `--help` and the documents read them. */
export const settingNotes = z.registry<SettingNote>();
