import { lookup } from 'node:dns/promises';
import type { DeclaredRoute } from './api/access.ts';
import { buildApp } from './api/app.ts';
import { findBrowserRoots } from './api/browser-files.ts';
import { createGatekeeper } from './auth/create-gatekeeper.ts';
import type { Gatekeeper, Times } from './auth/gatekeeper.ts';
import type { Revocation } from './auth/revocations.ts';
import { CertificateFiles, type ServerCertificate } from './certificate-files.ts';
import type { Config } from './config/schema.ts';
import { checkLocally } from './doctor/local-checks.ts';
import { Drain } from './drain.ts';
import { HistoryService } from './events/history-service.ts';
import { Listeners, portError, type ServerPorts, StartError } from './listeners.ts';
import { createLogger, type Logger } from './logger.ts';
import { RateLimits } from './rate-limits/rate-limits.ts';
import { connectRedis } from './rate-limits/redis-connection.ts';
import { type Clock, systemClock } from './rooms/clock.ts';
import { RoomRegistry } from './rooms/room-registry.ts';
import { Ticker } from './rooms/ticker.ts';
import { SignalingServer } from './signaling/signaling-server.ts';
import { Metrics } from './telemetry/metrics.ts';
import { createTransport } from './transport/create-transport.ts';
import { type Transport, TransportError } from './transport/transport.ts';

/** What a test may bring itself. */
export interface ServerParts {
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** How often the certificate's files are looked at. */
  readonly certificatePollMs?: number;
}

export interface MediaServer {
  readonly ports: ServerPorts;
  readonly rooms: RoomRegistry;
  /** Reads the TLS certificate anew; nothing without TLS. */
  reloadCertificate(): void;
  /** What every HTTP route asks of its caller. */
  readonly routes: readonly DeclaredRoute[];
  /**
   * Takes no new rooms and sessions, and asks those that are here to go elsewhere. Resolves when they have, or at the
   * deadline, or upon `close`. Idempotent.
   */
  drain(): Promise<void>;
  /** Ends all rooms and sessions, and frees the ports. Idempotent. */
  close(): Promise<void>;
}

/** Builds everything and starts it. @throws StartError where a port cannot be had; nothing is left running then */
export async function startServer(config: Config, parts: ServerParts = {}): Promise<MediaServer> {
  const clock = parts.clock ?? systemClock;
  const logger = parts.logger ?? createLogger(config.log.level);
  const nowMs = () => clock.nowUs() / 1000;
  const gatekeeper = openGatekeeper(config, { nowMs, wallMs: () => clock.wallMs() }, (revocation) =>
    records.keepRevocation(revocation),
  );
  const certificate = openCertificate(config, logger, (renewed) => listeners.renew(renewed));
  const transport = await openTransport(config, logger);
  const records = await HistoryService.open({ config, clock, logger });
  gatekeeper.restore(records.revocations);

  const ticker = new Ticker(() => rooms.tick());
  const metrics = new Metrics({
    perRoom: config.metrics.per_room,
    openWebSockets: () => signaling.openSockets,
    openConnections: () => transport.openConnections,
    incomingDropped: () => transport.packetsDropped,
    webhooks: () => records.webhooks.figures(),
  });
  const { events: telemetry } = metrics;
  const rooms = new RoomRegistry({
    ...{ config, transport, clock, logger, telemetry, events: records.sink },
    wake: () => ticker.wake(),
  });
  rooms.restore(records.openRooms);
  const redis = config.rate_limits.redis_url && (await connectRedis(config.rate_limits.redis_url, logger));
  const rateLimits = new RateLimits({
    limits: config.rate_limits,
    ...(redis && { redis }),
    nowMs,
    onHit: (kind) => {
      logger.warn({ limit: kind }, 'rate limit hit');
      records.sink.emit({ type: 'limit-hit', roomId: null, limit: kind, detail: 'A rate limit kept callers out.' });
    },
  });
  const readiness = {
    listening: () => (listeners.isListening ? undefined : 'not listening'),
    accepting: () => rooms.closedFor,
    history: () => records.health().detail,
  };
  const app = await buildApp({
    ...{ config, rooms, records, gatekeeper, rateLimits, logger, readiness, roots: findBrowserRoots() },
    metrics: config.metrics.enabled
      ? { contentType: metrics.contentType, render: () => metrics.render(rooms) }
      : undefined,
  });
  const signaling = new SignalingServer({ config, rooms, gatekeeper, rateLimits, clock, logger });
  const listeners = new Listeners(app.routing, signaling, certificate?.current);
  const drain = new Drain({ settings: config.drain, rooms, signaling, records, logger });
  const sweeper = setInterval(() => rooms.sweep(), config.rooms.sweep_interval_seconds * 1000);

  const close = async () => {
    clearInterval(sweeper);
    drain.cutShort();
    certificate?.close();
    rooms.close();
    ticker.stop();
    await signaling.close();
    await records.close();
    await listeners.close();
    await app.close();
    await transport.close();
    if (redis) redis.disconnect();
  };
  try {
    const ports = { ...(await listen(listeners, config)), media: transport.port };
    certificate?.watch(parts.certificatePollMs);
    logger.info({ ports }, 'server started');
    for (const { check, verdict, detail, advice } of checkLocally(config, nowMs()))
      if (verdict === 'warning' || verdict === 'failed') logger.warn({ check, advice }, detail);
    let closing: Promise<void> | undefined;
    return {
      ports,
      rooms,
      routes: app.declaredRoutes,
      reloadCertificate: () => certificate?.reload(),
      drain: () => drain.run(),
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function openCertificate(
  { tls: { cert, key } }: Config,
  logger: Logger,
  onRenewed: (certificate: ServerCertificate) => void,
): CertificateFiles | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw new StartError(
      `tls.${cert === undefined ? 'cert' : 'key'}: needed too, where the other of the two is given.`,
    );
  return new CertificateFiles({ cert, key }, logger, onRenewed);
}

/** @throws StartError */
function openGatekeeper(config: Config, times: Times, onRevoked: (revocation: Revocation) => void): Gatekeeper {
  try {
    return createGatekeeper(config, times, onRevoked);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`auth.key_file: ${config.auth.key_file} cannot be used: ${reason}.`, { cause: error });
  }
}

async function openTransport(config: Config, logger: Logger): Promise<Transport> {
  // ICE needs an address, where HTTP takes a name as well.
  const bindAddress = config.media.host ?? (await lookup(config.server.host)).address;
  try {
    const { name, transport } = await createTransport(config.media.transport, {
      port: config.media.port,
      bindAddress,
      announcedAddresses: config.media.public_addresses,
      onError: (error) => logger.error({ err: error }, 'session broke'),
    });
    logger.debug({ transport: name }, 'media port is open');
    return transport;
  } catch (error) {
    if (error instanceof TransportError) throw portError('media.port', bindAddress, config.media.port, error);
    if (config.media.transport === 'native')
      throw new StartError(`media.transport: the native transport cannot be loaded; "make native" compiles it.`, {
        cause: error,
      });
    throw error;
  }
}

async function listen(listeners: Listeners, { server }: Config): Promise<Omit<ServerPorts, 'media'>> {
  const { host, port, http_alias_port, signaling_alias_port } = server;
  const alias = (setting: string, aliasPort: number | false) =>
    aliasPort === false ? undefined : listeners.listen(setting, host, aliasPort);
  return {
    http: await listeners.listen('server.port', host, port),
    httpAlias: await alias('server.http_alias_port', http_alias_port),
    signalingAlias: await alias('server.signaling_alias_port', signaling_alias_port),
  };
}
