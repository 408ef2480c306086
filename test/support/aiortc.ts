import { resolve } from 'node:path';
import { Program } from './program.ts';

const script = resolve(import.meta.dirname, '../clients/aiortc_client.py');
const python = resolve(import.meta.dirname, '../../python/.venv/bin/python');

/** Starts aiortc as a client by WHIP or WHEP, over loopback, which it leaves out as a rule. */
export function startAiortc(role: 'publish' | 'watch', url: string, flags: readonly string[] = []): Program {
  return new Program(python, { arguments: [script, role, url, '--local-address', '127.0.0.1', ...flags] });
}

/** What a watching client has decoded so far. */
export function decodedBy({ output }: Program): { video: number; audio: number } {
  const last = [...output.matchAll(/^{"video": (\d+), "audio": (\d+)}$/gm)].at(-1);
  return { video: Number(last?.[1] ?? 0), audio: Number(last?.[2] ?? 0) };
}
