import { clientMessageSchema, serverMessageSchema } from '@bitbasel/protocol';
import { z } from 'zod';
import { version } from '../../version.ts';

type Direction = 'fromClient' | 'fromServer';

/** The AsyncAPI 3 document of the WebSocket on `/signal/{room_id}`: a message for each member of the two unions. */
export function asyncApiDocument() {
  const fromClient = messagesOf(clientMessageSchema.options, 'fromClient');
  const fromServer = messagesOf(serverMessageSchema.options, 'fromServer');
  const names = Object.keys({ ...fromClient, ...fromServer });
  const references = (messages: object, prefix: string) =>
    Object.keys(messages).map((name) => ({ $ref: `${prefix}/${name}` }));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'BitBasel Media Server: signaling',
      version,
      description:
        'JSON objects in text frames. A client joins and offers, the server answers; or the server offers. ' +
        'Codes of `error` messages are those of /docs/errors. A socket that is refused closes with 4000 + HTTP status.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: { local: { host: 'localhost:8082', protocol: 'ws' } },
    defaultContentType: 'application/json',
    channels: {
      signal: {
        address: '/signal/{room_id}',
        title: 'Signaling of a room',
        parameters: { room_id: { description: "The room's id" } },
        messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
      },
    },
    operations: {
      send: {
        action: 'receive',
        title: 'What a client sends',
        channel: { $ref: '#/channels/signal' },
        messages: references(fromClient, '#/channels/signal/messages'),
      },
      receive: {
        action: 'send',
        title: 'What the server sends',
        channel: { $ref: '#/channels/signal' },
        messages: references(fromServer, '#/channels/signal/messages'),
      },
    },
    components: componentsOf({ ...fromClient, ...fromServer }),
  };
}

const definitionsKey = '#/definitions/';

/** Shared schemas are kept once, and referred to from there. */
function componentsOf(messages: Readonly<Record<string, { payload: z.core.JSONSchema.BaseSchema }>>) {
  const schemas: Record<string, unknown> = {};
  for (const { payload } of Object.values(messages)) {
    Object.assign(schemas, payload.definitions);
    delete payload.definitions;
    delete payload.$schema;
  }
  const text = JSON.stringify({ messages, schemas });
  return z
    .object({ messages: z.looseObject({}), schemas: z.looseObject({}) })
    .parse(JSON.parse(text.replaceAll(definitionsKey, '#/components/schemas/')));
}

/** Offer and answer go both ways, in two shapes: so the names tell the direction. */
function messagesOf(schemas: readonly z.ZodObject[], direction: Direction) {
  const described = schemas.map((schema) => {
    const type = typeOf(schema);
    const payload = z.toJSONSchema(schema, {
      io: direction === 'fromClient' ? 'input' : 'output',
      target: 'draft-7',
    });
    return [
      `${direction}-${type}`,
      { name: type, title: type, ...(schema.description && { summary: schema.description }), payload },
    ];
  });
  return Object.fromEntries(described);
}

function typeOf(schema: z.ZodObject): string {
  const { type } = schema.shape;
  if (type instanceof z.ZodLiteral && typeof type.value === 'string') return type.value;
  throw new Error('A message has no type.');
}
