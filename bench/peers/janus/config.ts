import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { address } from '../network.ts';

export const room = 1234;

const plugins = '/usr/lib/x86_64-linux-gnu/janus/plugins';
const transports = '/usr/lib/x86_64-linux-gnu/janus/transports';
const otherPlugins = 'audiobridge duktape echotest lua nosip recordplay sip streaming textroom videocall voicemail';
const otherTransports = 'mqtt nanomsg pfunix rabbitmq websockets';

function libraries(names: string): string {
  return names
    .split(' ')
    .map((name) => `libjanus_${name}.so`)
    .join(',');
}

/** Writes what Janus needs for one video room over its HTTP interface; warnings only, all else as it comes. */
export async function writeConfig(folder: string, httpPort: number): Promise<void> {
  const core = `general: {
  configs_folder = "${folder}"
  plugins_folder = "${plugins}"
  transports_folder = "${transports}"
  debug_level = 3
  debug_colors = false
}
plugins: {
  disable = "${libraries(otherPlugins)}"
}
transports: {
  disable = "${libraries(otherTransports)}"
}
`;
  const http = `general: {
  json = "compact"
  base_path = "/janus"
  http = true
  port = ${httpPort}
  ip = "${address}"
  https = false
}
admin: {
  admin_http = false
}
`;
  const videoRoom = `general: {}
room-${room}: {
  description = "bench"
  publishers = 1
  videocodec = "vp8"
}
`;
  await writeFile(join(folder, 'janus.jcfg'), core);
  await writeFile(join(folder, 'janus.transport.http.jcfg'), http);
  await writeFile(join(folder, 'janus.plugin.videoroom.jcfg'), videoRoom);
}
