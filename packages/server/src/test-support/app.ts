import type { InjectOptions } from 'fastify';
import { type App, buildApp } from '../api/app.ts';
import { HistoryService } from '../events/history-service.ts';
import { offers, testRooms } from './rooms.ts';

const noPages = { web: '/nowhere', sdk: '/nowhere', apiDocs: '/nowhere', charts: '/nowhere' };

const noFigures = { contentType: 'text/plain', render: async () => '' };

/** The HTTP side over rooms without a network, and short forms of the calls to it. */
export async function testApp(settings: object = {}, roots = noPages) {
  const server = testRooms({ history: { mode: 'memory' }, ...settings }, { emit: (event) => sink.emit(event) });
  const records = await HistoryService.open(server);
  const { sink } = records;
  const app: App = await buildApp({ ...server, records, roots, metrics: noFigures });
  const call = (method: InjectOptions['method'] & string, url: string, payload?: object) =>
    app.inject({ method, url, ...(payload && { payload }), headers: { host: 'media.example.org' } });
  const send = (method: InjectOptions['method'] & string, url: string, type: string, payload: string) =>
    app.inject({ method, url, payload, headers: { host: 'media.example.org', 'content-type': type } });
  const post = (url: string, sdp: string) => send('POST', url, 'application/sdp', sdp);
  /** A host by WHIP whose media connection is up. */
  const goLive = async (room: string) => {
    const response = await post(`/whip/${room}`, offers.host);
    server.transport.connection.become('connected');
    return new URL(String(response.headers.location)).pathname;
  };
  return { ...server, records, app, call, send, post, goLive };
}
