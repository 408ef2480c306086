#!/usr/bin/env node
import { existsSync } from 'node:fs';

// Compiled in the npm tarball, since Node strips no types below node_modules; in the workspace the sources run.
const compiled = new URL('../dist/main.js', import.meta.url);
await import(existsSync(compiled) ? compiled.href : new URL('../src/main.ts', import.meta.url).href);
