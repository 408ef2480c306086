import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Names what failed once more after everything else, in a line each: the end of a log is what continuous integration shows. */
export default class FailedTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      const file = module.relativeModuleId;
      for (const error of module.errors()) console.error(`failed: ${file}: ${firstLine(error.message)}`);
      for (const test of module.children.allTests('failed')) console.error(`failed: ${line(file, test)}`);
    }
  }
}

function line(file: string, test: TestCase): string {
  const error = test.result().errors?.[0];
  // A test of properties has it in its report, after the inputs.
  const cause = Object(error?.cause).message ?? error?.message.match(/^Got error: (.*)$/m)?.[1];
  const why = cause ? ` (${firstLine(String(cause))})` : '';
  return `${file}: ${test.fullName}: ${firstLine(error?.message ?? 'no error told')}${why}`;
}

function firstLine(message: string): string {
  return message.slice(0, 300).split('\n', 1)[0] ?? '';
}
