import type { z } from 'zod';
import { showable } from './hidden.ts';
import { didYouMean, type Layer, readEnvironmentLayer, readFileLayer } from './layers.ts';
import { type Config, configSchema } from './schema.ts';
import { settings } from './settings.ts';

/** The configuration cannot be used. One line a fault: source, key, value, and what would be right. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

export interface ConfigSources {
  readonly environment: NodeJS.ProcessEnv;
  /** What `readCommandLine` made of the flags. */
  readonly flags: Layer;
  /** `--config`; else BITBASEL_CONFIG, else `config.json` in the working directory where there is one. */
  readonly configPath: string | undefined;
}

/** The configuration, and where it is from. */
export interface EffectiveConfig {
  readonly config: Config;
  /** Of a setting's value, for people: `default`, the file, the variable, the flag. */
  readonly originOf: (key: string) => string;
}

/**
 * Defaults, overridden by the JSON file, by the environment, by flags.
 * @throws ConfigError naming every fault at once
 */
export function loadConfig(sources: ConfigSources): Config {
  return loadEffectiveConfig(sources).config;
}

/** @throws ConfigError naming every fault at once */
export function loadEffectiveConfig(sources: ConfigSources): EffectiveConfig {
  const askedPath = sources.configPath ?? sources.environment.BITBASEL_CONFIG;
  const layers = [
    readFileLayer(askedPath ?? 'config.json', askedPath !== undefined),
    readEnvironmentLayer(sources.environment),
    sources.flags,
  ];
  const merged: Record<string, unknown> = {};
  for (const layer of layers) merge(merged, layer.values);

  const result = configSchema.safeParse(merged);
  const faults = layers.flatMap((layer) => layer.faults);
  if (!result.success) faults.push(...result.error.issues.flatMap((issue) => explain(issue, merged, layers)));
  if (result.success) faults.push(...missingAuth(result.data, sources.environment));
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  return { config: result.data, originOf: (key) => sourceName(layers, key.split('.')) };
}

/** In production nobody is let in unasked. */
function missingAuth({ auth }: Config, environment: NodeJS.ProcessEnv): string[] {
  const isProduction = environment.NODE_ENV === 'production';
  const hasKeys = auth.secret !== undefined || auth.key_file !== undefined || auth.jwks_url !== undefined;
  if (hasKeys || !(auth.required || isProduction)) return [];
  const why = auth.required ? 'auth.required is set' : 'NODE_ENV is production';
  return [`auth: ${why}, so the server needs auth.secret (BITBASEL_AUTH_SECRET), auth.key_file or auth.jwks_url`];
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merge(target: Record<string, unknown>, values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    const present = target[name];
    target[name] = isSection(present) && isSection(value) ? { ...present, ...value } : value;
  }
}

function valueAt(values: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, name) => (isSection(value) ? value[String(name)] : undefined), values);
}

/** The source that had the last word on a key. */
function sourceName(layers: readonly Layer[], path: readonly PropertyKey[]): string {
  const layer = layers.findLast(({ values }) => valueAt(values, path) !== undefined);
  return layer?.nameOf(path.join('.')) ?? 'default';
}

function explain(issue: z.core.$ZodIssue, merged: unknown, layers: readonly Layer[]): string[] {
  const leafOf = (path: readonly PropertyKey[]) =>
    settings.find(({ key }) => key === path.join('.') || path.join('.').startsWith(`${key}.`));
  const leaf = leafOf(issue.path);
  if (issue.code === 'unrecognized_keys' && !leaf) {
    return issue.keys.map((name) => {
      const path = [...issue.path, name];
      const keys = [...settings.map(({ key }) => key), ...Object.keys(configSchema.shape)];
      return `${sourceName(layers, path)}: ${path.join('.')}: unknown key${didYouMean(path.join('.'), keys)}`;
    });
  }
  const path = leaf ? leaf.key.split('.') : issue.path;
  const expects = leaf?.expects ?? 'an object with settings';
  const given = valueAt(merged, path);
  const value = JSON.stringify(leaf ? showable(leaf, given) : withoutValues(given));
  // Where the value is hidden, the place of the fault in it is all there is to go by.
  const place = leaf?.hides ? placeWithin(issue.path.slice(path.length)) : '';
  return [`${sourceName(layers, path)}: ${path.join('.')}: ${value} is not valid${place}; give ${expects}`];
}

function placeWithin(path: readonly PropertyKey[]): string {
  return path.length === 0 ? '' : ` at ${path.join('.')}`;
}

/** Something that stands where a section should: a secret, for all we know. */
function withoutValues(given: unknown): unknown {
  if (Array.isArray(given)) return 'a list';
  return typeof given === 'string' ? 'text' : given;
}
