import type { LocalTransport, RemoteTransport } from '../packages/server/src/transport/transport.ts';

/** What the bench tells the viewers' process. */
export type ViewerCommand =
  | { readonly type: 'create'; readonly count: number }
  | { readonly type: 'connect'; readonly index: number; readonly local: LocalTransport }
  | { readonly type: 'count' };

/** What it answers: one message for each command; to `connect`, when media can flow. */
export type ViewerReply =
  | { readonly type: 'created'; readonly remotes: readonly RemoteTransport[] }
  | { readonly type: 'connected'; readonly index: number }
  | { readonly type: 'failed'; readonly index: number; readonly reason: string }
  | { readonly type: 'counted'; readonly rtpReceived: readonly number[] };
