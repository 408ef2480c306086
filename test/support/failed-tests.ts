import type { Reporter, TestModule } from 'vitest/node';

/** Names what failed once more after everything else, each in a line: the end of a log is what continuous integration shows. */
export default class FailedTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      const file = module.relativeModuleId;
      for (const error of module.errors()) console.error(`failed: ${file}: ${firstLine(error.message)}`);
      for (const test of module.children.allTests('failed')) {
        const message = test.result().errors?.[0]?.message ?? 'no error told';
        console.error(`failed: ${file}: ${test.fullName}: ${firstLine(message)}`);
      }
    }
  }
}

function firstLine(message: string): string {
  return message.slice(0, 300).split('\n', 1)[0] ?? '';
}
