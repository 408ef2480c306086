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
  return `${file}: ${test.fullName}: ${firstLine(test.result().errors?.[0]?.message ?? 'no error told')}`;
}

function firstLine(message: string): string {
  return message.slice(0, 300).split('\n', 1)[0] ?? '';
}
