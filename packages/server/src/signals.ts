/** What is ended. */
interface EndingServer {
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** A terminal signals the whole process group, and a wrapper passes on what it got itself: one Ctrl-C may come twice. */
const sameSignalMs = 300;

/** The first signal drains the server, a second one ends it at once. Either way in good order, with exit code 0. */
export function endOnSignals(server: EndingServer): void {
  let firstMs: number | undefined;
  const end = () => server.close().then(() => process.exit(0));
  const onSignal = () => {
    if (firstMs === undefined) {
      firstMs = performance.now();
      void server.drain().then(end);
    } else if (performance.now() - firstMs > sameSignalMs) {
      void end();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
}
