import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Setting, settingFromText, settings, variableSections } from './settings.ts';
import { suggest } from './suggest.ts';

/** What one source says: a partial configuration, and faults found before its values are looked at. */
export interface Layer {
  readonly values: Record<string, unknown>;
  readonly faults: readonly string[];
  /** How an error names this source, for a key in it. */
  readonly nameOf: (key: string) => string;
}

export function didYouMean(word: string, candidates: readonly string[]): string {
  const suggestion = suggest(word, candidates);
  return suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `server.port` with 80 becomes `{ server: { port: 80 } }`, merged into `values`. */
function setByKey(values: Record<string, unknown>, key: string, value: unknown): void {
  const [section = '', name] = key.split('.');
  if (name === undefined) values[section] = value;
  else values[section] = { ...(isRecord(values[section]) ? values[section] : {}), [name]: value };
}

/** The JSON file. A file that was asked for must be there; the one in the working directory may be missing. */
export function readFileLayer(path: string, required: boolean): Layer {
  const nameOf = () => path;
  const failed = (fault: string): Layer => ({ values: {}, faults: [`${path}: ${fault}`], nameOf });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' && !required) return { values: {}, faults: [], nameOf };
    return failed(code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`);
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isRecord(parsed)) return failed('must hold one JSON object');
    // For editors, which look there for the names and values that are taken (docs/operations.md).
    const { $schema, ...values } = parsed;
    const isNamed = $schema === undefined || typeof $schema === 'string';
    return { values, faults: isNamed ? [] : [`${path}: $schema: must be a URL or a path`], nameOf };
  } catch (error) {
    return failed(`is not JSON: ${faultOfJson(error)}`);
  }
}

/** Without the piece of the file that V8 quotes: it may be a secret. */
function faultOfJson(error: unknown): string {
  const { message } = error instanceof Error ? error : new Error(String(error));
  return message.replace(/, (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s, '');
}

export function readEnvironmentLayer(environment: NodeJS.ProcessEnv): Layer {
  const byVariable = new Map(settings.map((setting) => [setting.variable, setting]));
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (text === undefined) continue;
    const setting = byVariable.get(variable);
    if (setting) setByKey(values, setting.key, settingFromText(setting, text));
    else if (variableSections.some((section) => variable.startsWith(section)))
      faults.push(`environment: ${variable}: unknown variable${didYouMean(variable, [...byVariable.keys()])}`);
  }
  return { values, faults, nameOf: (key) => `environment ${variableOf(key)}` };
}

function variableOf(key: string): string {
  return settings.find((setting) => setting.key === key)?.variable ?? key;
}

export interface CommandLine {
  readonly layer: Layer;
  readonly configPath: string | undefined;
  readonly wantsHelp: boolean;
  readonly wantsVersion: boolean;
}

/** `--port` and `--host` stand for the two settings that are changed most. */
const shortForms: Readonly<Record<string, string>> = { port: 'server.port', host: 'server.host' };

export function readCommandLine(args: readonly string[]): CommandLine {
  const byKey = new Map<string, Setting>(settings.map((setting) => [setting.key, setting]));
  const textual = [...byKey.keys(), ...Object.keys(shortForms), 'config'];
  const flags = [...textual, 'help', 'version'].map((name) => `--${name}`);
  const options = Object.fromEntries(textual.map((name) => [name, { type: 'string' as const }]));
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...options, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  const seen = new Set<string>();
  let configPath: string | undefined;
  let mayBeValue = false;
  for (const token of tokens) {
    // What follows an unknown flag is its value, and may be a secret.
    const followsUnknown = mayBeValue;
    mayBeValue = false;
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      if (!followsUnknown) faults.push(`flags: ${token.value}: not expected here (settings are given as --key=value)`);
      continue;
    }
    seen.add(token.name);
    if (token.name === 'help' || token.name === 'version') continue;
    const setting = byKey.get(shortForms[token.name] ?? token.name);
    mayBeValue = setting === undefined && token.name !== 'config' && token.value === undefined;
    if (setting === undefined && token.name !== 'config')
      faults.push(`flags: ${token.rawName}: unknown flag${didYouMean(token.rawName, flags)}`);
    else if (token.value === undefined) faults.push(`flags: ${token.rawName}: needs a value, as ${token.rawName}=...`);
    else if (setting === undefined) configPath = token.value;
    else setByKey(values, setting.key, settingFromText(setting, token.value));
  }
  return {
    layer: { values, faults, nameOf: (key) => `flag --${key}` },
    configPath,
    wantsHelp: seen.has('help'),
    wantsVersion: seen.has('version'),
  };
}
