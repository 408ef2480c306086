/** What the bench asks of the server's process. */
export type ServerCommand = { readonly type: 'usage' } | { readonly type: 'watch-loop' } | { readonly type: 'loop' };

export type ServerReply =
  | { readonly type: 'started'; readonly url: string }
  /** CPU times in us since the start, of all threads; resident set. */
  | { readonly type: 'usage'; readonly cpu: NodeJS.CpuUsage; readonly rssBytes: number }
  | { readonly type: 'watching-loop' }
  /** Since `watch-loop`: how late timers of the main thread were, in ms; 0 to 1, how much of the time it was busy. */
  | { readonly type: 'loop'; readonly delayP50Ms: number; readonly delayP99Ms: number; readonly utilization: number };
