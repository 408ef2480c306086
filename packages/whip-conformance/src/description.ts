/** One m-line of a session description; what is missing in it is looked up at session level. */
export interface Section {
  readonly kind: string;
  readonly port: number;
  /** The value after `a=name:`, '' for a flag, undefined where there is none. */
  attribute(name: string): string | undefined;
  attributes(name: string): string[];
  readonly direction: string;
}

export interface Description {
  readonly sections: readonly Section[];
  readonly bundle: readonly string[];
  readonly iceLite: boolean;
}

const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

/** Reads what the checks look at. @returns undefined where the text is no session description */
export function readDescription(sdp: string): Description | undefined {
  const lines = sdp.split(/\r\n|\n/);
  if (lines[0] !== 'v=0') return undefined;
  const starts = lines.flatMap((line, index) => (line.startsWith('m=') ? [index] : []));
  const session = lines.slice(0, starts[0] ?? lines.length);
  return {
    sections: starts.map((start, index) => readSection(lines.slice(start, starts[index + 1]), session)),
    bundle:
      values(session, 'group')
        .find((group) => group.startsWith('BUNDLE'))
        ?.split(' ')
        .slice(1) ?? [],
    iceLite: values(session, 'ice-lite').length > 0,
  };
}

function readSection(lines: readonly string[], session: readonly string[]): Section {
  const [kind = '', port = ''] = (lines[0] ?? '').slice(2).split(' ');
  const flags = [...lines, ...session].map((line) => line.replace(/^a=/, ''));
  return {
    kind,
    port: Number.parseInt(port, 10),
    attribute: (name) => values(lines, name)[0] ?? values(session, name)[0],
    attributes: (name) => [...values(lines, name), ...values(session, name)],
    direction: flags.find((flag) => directions.includes(flag)) ?? 'sendrecv',
  };
}

function values(lines: readonly string[], name: string): string[] {
  return lines.flatMap((line) => {
    if (line === `a=${name}`) return [''];
    return line.startsWith(`a=${name}:`) ? [line.slice(name.length + 3)] : [];
  });
}
