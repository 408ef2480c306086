import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export interface Example {
  /** The document's first heading, and the one the example stands under. */
  readonly place: string;
  /** What stands behind the fence, or ''. */
  readonly language: string;
  /** As it stands in the document, comments included. */
  readonly text: string;
  /** Without comment lines. */
  readonly code: string;
}

const folder = resolve(import.meta.dirname, '../../docs/contract');

/** Every fenced block of a document of docs/contract; a shell block that holds several commands gives one for each. */
export function readExamples(file: string): Example[] {
  const examples: Example[] = [];
  let title = '';
  let heading = '';
  let block: { language: string; indent: number; lines: string[] } | undefined;
  for (const line of readFileSync(resolve(folder, file), 'utf8').split('\n')) {
    const fence = /^( *)```(\w*)$/.exec(line);
    if (block !== undefined) {
      if (fence === null) block.lines.push(line.slice(block.indent));
      else examples.push(...split(`${title}, ${heading}`, block.language, block.lines.join('\n')));
      if (fence !== null) block = undefined;
    } else if (fence !== null) {
      block = { language: fence[2] ?? '', indent: fence[1]?.length ?? 0, lines: [] };
    } else if (line.startsWith('#')) {
      heading = line.replace(/^#+ /, '');
      title ||= heading;
    }
  }
  return examples;
}

/** Paragraphs of a shell block, and of a list of calls, stand for themselves; other languages make one whole. */
function split(place: string, language: string, block: string): Example[] {
  const isListOfCalls = /^(GET|POST|DELETE) /m.test(block);
  const texts = language === 'bash' || isListOfCalls ? block.split(/\n\n(?=\S)/) : [block];
  return texts.map((text) => ({ place, language, text, code: text.replace(/^#.*\n?/gm, '').trim() }));
}

export interface Call {
  readonly method: string;
  /** With `{room_id}` and the like as documented. */
  readonly path: string;
  readonly body: unknown;
  /** Undefined where the document shows none. */
  readonly response: unknown;
}

/** `POST /rooms`, `Body: {...}`, `Response: {...}`; undefined for anything else. */
export function readCall({ code }: Example): Call | undefined {
  const match = /^(GET|POST|DELETE) (\S+)(?:\nBody: (.*))?(?:\nResponse: ([\s\S]*)|\n→[\s\S]*)?$/.exec(code);
  if (match === null) return undefined;
  const [, method = '', path = '', body, response] = match;
  return { method, path, body: body && parse(body), response: response && parse(response) };
}

/** An ellipsis in braces says that anything may stand there. */
function parse(json: string): unknown {
  return JSON.parse(json.replaceAll('{...}', '{}'));
}
