/** What the bench asks of the server's process. */
export type ServerCommand = { readonly type: 'usage' };

export type ServerReply =
  | { readonly type: 'started'; readonly url: string }
  /** CPU times in us since the start, of all threads; resident set. */
  | { readonly type: 'usage'; readonly cpu: NodeJS.CpuUsage; readonly rssBytes: number };
