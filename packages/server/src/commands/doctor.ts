import { once } from 'node:events';
import { readCommandLine } from '../config/layers.ts';
import { ConfigError, loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { findingsOf, reasonOf } from '../doctor/finding.ts';
import { hasFailed, reportJson, reportText } from '../doctor/report.ts';
import { StunResponder } from '../doctor/stun/responder.ts';
import type { Command } from './command.ts';
import { takeOwnFlags } from './own-flags.ts';

const usage = `Usage: bitbasel doctor [--json] [--peer=host:port] [--stun=host:port] [--time=URL]
                       [--config=file.json] [--<setting>=<value> ...]
       bitbasel doctor --listen-udp [--media.port=9003]

Looks at what a server with this configuration needs: ports, addresses, certificate, TURN servers, Redis, history, clock,
limits of the system. Exits with 1 where something failed; warnings are for you to judge.

  --peer=host:port  asks there whether UDP gets through, and back
  --listen-udp      answers such questions on the media port, until it is stopped (the server must not run then)
  --stun=host:port  asks a STUN server for the address that the outside sees
  --time=URL        compares the clock with ntp://host or https://host (else with the host of auth.jwks_url)
  --json            for programs`;

const ownFlags = { json: 'boolean', peer: 'string', stun: 'string', time: 'string', 'listen-udp': 'boolean' } as const;

/** `bitbasel doctor`: what would keep a server from working. Its checks are loaded when they are asked for. */
export const doctorCommand: Command = {
  summary: 'see whether ports, network, certificate, TURN, Redis and system are fit for the server',
  usage,
  async run(args, environment) {
    const { own, rest } = takeOwnFlags(args, ownFlags);
    const report = own.json === true ? reportJson : reportText;
    const { layer: flags, configPath } = readCommandLine(rest);
    let config: Config;
    try {
      config = loadConfig({ environment, flags, configPath });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const { failed } = findingsOf('configuration');
      console.log(report(error.faults.map((fault) => failed(fault, 'Mend it; nothing else was looked at.'))));
      return 1;
    }
    if (own['listen-udp'] === true) return listen(config);
    const { examine } = await import('../doctor/doctor.ts');
    const findings = await examine(config, { peer: text(own.peer), stun: text(own.stun), time: text(own.time) });
    console.log(report(findings));
    return hasFailed(findings) ? 1 : 0;
  },
};

function text(flag: string | true | undefined): string | undefined {
  return typeof flag === 'string' ? flag : undefined;
}

async function listen({ media, server }: Config): Promise<number> {
  const host = media.host ?? server.host;
  let responder: StunResponder;
  try {
    responder = await StunResponder.listen(host, media.port, ({ address, port }) =>
      console.log(`asked by ${address}:${port}`),
    );
  } catch (error) {
    console.error(`media.port: ${reasonOf(error)}. Stop the program that has it, or give another --media.port.`);
    return 1;
  }
  console.log(`Answers on UDP port ${responder.port} of ${host}. On the other machine:
  bitbasel doctor --peer=<address of this one>:${responder.port}`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  responder.close();
  return 0;
}
