import { globSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A wall clock for other processes that can be set while they run (libfaketime); their monotonic clock is left alone. */
export class WallClock {
  readonly #folder = mkdtempSync(join(tmpdir(), 'bitbasel-clock-'));
  readonly #file = join(this.#folder, 'offset');

  constructor() {
    this.setOffset(0);
  }

  /** For the processes that are to go by it. */
  get environment(): Record<string, string> {
    const [library] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1');
    if (library === undefined) throw new Error('libfaketime is not there: scripts/setup.sh network');
    return {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_RESET: '1',
    };
  }

  /** The clock jumps to so many seconds from the machine's own. */
  setOffset(seconds: number): void {
    // In one step, as it is read all the time.
    writeFileSync(`${this.#file}.new`, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
