import { expect, it } from 'vitest';
import { type LoadCommand, LoadUsageError, readLoadOptions } from './options.ts';

const urls = ['--whip-url=http://127.0.0.1:1/whip/{room}', '--whep-url=http://127.0.0.1:1/whep/{room}'];

function read(...flags: string[]): LoadCommand {
  return readLoadOptions([...urls, ...flags]);
}

it('has a default for all but the URLs', () => {
  const { run, maxLoss, findLimit } = read();
  expect(run).toMatchObject({ rooms: ['load-1'], viewersPerRoom: 10, join: { kind: 'storm' }, durationSeconds: 10 });
  expect(run.plan).toMatchObject({ media: { kind: 'synthetic', bitrateBps: 1_728_000 }, transportCc: true });
  expect(run.plan).toMatchObject({ downlinkLoss: 0, uplinkLoss: 0, churn: undefined, bindAddress: '127.0.0.1' });
  expect([maxLoss, findLimit]).toEqual([undefined, false]);
});

it('reads each kind of flag', () => {
  const { run, maxLoss, maxConnectMs, json } = read(
    ...['--rooms=2', '--join=poisson:5', '--loss=2%', '--uplink-loss=0.01', '--stay=20', '--pause=3', '--json'],
    ...['--token=t', '--whep-token=v', '--max-loss=0.1%', '--max-connect-ms=5000', '--no-transport-cc', '--simulcast'],
  );
  expect(run.rooms).toEqual(['load-1', 'load-2']);
  expect(run.plan).toMatchObject({ downlinkLoss: 0.02, uplinkLoss: 0.01, whipToken: 't', whepToken: 'v' });
  expect(run.plan).toMatchObject({ churn: { meanStaySeconds: 20, pauseSeconds: 3 }, transportCc: false });
  expect(run.plan.media).toMatchObject({ simulcast: true });
  expect([maxLoss, maxConnectMs, json]).toEqual([0.001, 5000, true]);
});

it('binds every address toward a server that is elsewhere', () => {
  const options = readLoadOptions(['--whip-url=https://media.example.org/whip/x', '--viewers=0']);
  expect(options).toMatchObject({ run: { plan: { bindAddress: '0.0.0.0' } } });
});

it('a search has bounds of its own where none are given', () => {
  expect(read('--find-limit')).toMatchObject({ findLimit: true, maxLoss: 0.001, maxConnectMs: 5000 });
});

it.each([
  ['--whip-url', []],
  ['--whip-url: must be an http', ['--whip-url=ws://h/']],
  ['--whep-url: viewers need one', ['--whip-url=http://h/']],
  ['needs {room}', ['--whip-url=http://h/', '--whep-url=http://h/', '--rooms=2']],
  ['--viewers', [...urls, '--viewers=-1']],
  ['--viewers', [...urls, '--viewers=many']],
  ['--loss: must be a share', [...urls, '--loss=half']],
  ['--loss', [...urls, '--loss=200%']],
  ['--join: must be storm', [...urls, '--join=slowly']],
  ['--video: give one file, or 3', [...urls, '--video=a.ivf,b.ivf']],
  ['--server-pid: there is no such', [...urls, '--server-pid=2147483647']],
  ['--vewers', [...urls, '--vewers=3']],
])('says what is wrong: %s', (fault, flags) => {
  expect(() => readLoadOptions(flags)).toThrow(LoadUsageError);
  expect(() => readLoadOptions(flags)).toThrow(fault);
});
