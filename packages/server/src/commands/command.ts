/** A word after `bitbasel` that does something else than start the server. */
export interface Command {
  /** One line for `--help`. */
  readonly summary: string;
  /** What its own `--help` prints. */
  readonly usage: string;
  /** @returns the exit code; 2 for arguments that cannot be used */
  run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number>;
}
