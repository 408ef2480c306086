import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { StartError } from './listeners.ts';
import type { Logger } from './logger.ts';

/** A certificate with its chain, and its key, as PEM text. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificatePaths {
  readonly cert: string;
  readonly key: string;
}

/** How often the files are looked at. Polled, because a watched name that is a symbolic link tells of no change. */
const pollIntervalMs = 5000;

/** The certificate in two files, and its renewals. */
export class CertificateFiles {
  readonly #paths: CertificatePaths;
  readonly #logger: Logger;
  readonly #onRenewed: (certificate: ServerCertificate) => void;
  #current: ServerCertificate;

  /** @throws StartError where the files cannot be used */
  constructor(paths: CertificatePaths, logger: Logger, onRenewed: (certificate: ServerCertificate) => void) {
    this.#paths = paths;
    this.#logger = logger;
    this.#onRenewed = onRenewed;
    try {
      this.#current = read(paths);
    } catch (cause) {
      throw new StartError(`tls.cert, tls.key: ${reason(cause)}. Give a certificate and its key as PEM files.`, {
        cause,
      });
    }
  }

  get current(): ServerCertificate {
    return this.#current;
  }

  watch(intervalMs = pollIntervalMs): void {
    for (const path of Object.values(this.#paths)) {
      watchFile(path, { interval: intervalMs, persistent: false }, () => this.reload());
    }
  }

  /** Uses what the files hold now. A pair that cannot be used, or is half written, changes nothing. */
  reload(): void {
    try {
      const renewed = read(this.#paths);
      if (renewed.cert === this.#current.cert && renewed.key === this.#current.key) return;
      this.#onRenewed(renewed);
      this.#current = renewed;
      this.#logger.info('certificate renewed');
    } catch (error) {
      this.#logger.error({ err: error }, 'the new certificate cannot be used; the one before stays');
    }
  }

  close(): void {
    for (const path of Object.values(this.#paths)) unwatchFile(path);
  }
}

/** @throws where a file is missing, is no PEM, or key and certificate do not belong together */
function read(paths: CertificatePaths): ServerCertificate {
  const certificate = { cert: readFileSync(paths.cert, 'utf8'), key: readFileSync(paths.key, 'utf8') };
  createSecureContext(certificate);
  return certificate;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
