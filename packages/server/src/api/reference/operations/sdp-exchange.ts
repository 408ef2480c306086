import type { Operation, Resource } from '../operation.ts';

const sdp = 'application/sdp';

export const answered = {
  201: {
    description: "The session is begun; the body is the server's answer",
    type: sdp,
    headers: {
      Location: 'URL of the session: DELETE ends it, PATCH gives it candidates',
      Link: 'One header an ICE server: <turn:...>; rel="ice-server"; username="..."; credential="..."',
    },
  },
} as const;

/** A CORS preflight, which tells what a POST takes as well. */
export function preflight(id: string): Operation {
  return { id, summary: 'CORS preflight', answers: { 200: { description: 'What may be asked for' } } };
}

/** The calls on a session, for WHIP and WHEP alike. @param name begins their ids */
export function sessionOperations(path: '/whip' | '/whep', name: 'Whip' | 'Whep'): Resource['operations'] {
  const url = `${path}/sessions/{session_id}` as const;
  const operations: [string, Operation][] = [
    [`OPTIONS ${url}`, preflight(`options${name}Session`)],
    [
      `GET ${url}`,
      {
        id: `get${name}Session`,
        summary: 'That the session is there',
        answers: { 204: { description: 'It is' } },
        errors: ['session_not_found'],
      },
    ],
    [
      `PATCH ${url}`,
      {
        id: `patch${name}Session`,
        summary: 'Give the session candidates, or the answer that it awaits',
        text: ['application/trickle-ice-sdpfrag', sdp],
        answers: { 204: { description: 'Taken' } },
        errors: [
          'session_not_found',
          'malformed_candidate_fragment',
          'malformed_sdp',
          'answer_mismatch',
          'answer_not_expected',
          'ice_restart_not_supported',
        ],
      },
    ],
    [
      `DELETE ${url}`,
      {
        id: `delete${name}Session`,
        summary: 'End the session',
        answers: { 200: { description: 'Ended' } },
        errors: ['session_not_found'],
      },
    ],
  ];
  return Object.fromEntries(operations);
}
