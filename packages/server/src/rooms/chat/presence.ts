import type { ChatPerson, ServerMessage } from '@bitbasel/protocol';
import { type ChatMember, personOf } from './chat-member.ts';

export type PresenceMessage = Extract<ServerMessage, { type: 'presence' }>;

/** What is to be told of, beside the members. */
export interface Audience {
  readonly viewerCount: number;
  readonly hosts: PresenceMessage['hosts'];
}

const intervalUs = 1e6;

/** Tells who is there when that changes, at most once a second: names where there are few, numbers where there are many. */
export class Presence {
  readonly #mostNames: number;
  /** As it was told last; undefined where names were not told. */
  #known: ReadonlyMap<string, ChatPerson> | undefined = new Map();
  #told = '';
  #nextUs = Number.NEGATIVE_INFINITY;

  constructor(mostNames: number) {
    this.#mostNames = mostNames;
  }

  /** For one who has just come. */
  whole(members: readonly ChatMember[], audience: Audience): PresenceMessage {
    const isComplete = members.length <= this.#mostNames;
    return message(members, audience, isComplete ? members.map(personOf) : [], [], isComplete);
  }

  isDue(nowUs: number): boolean {
    return nowUs >= this.#nextUs;
  }

  /** What has changed since the last time; undefined where nothing has. */
  changes(members: readonly ChatMember[], audience: Audience, nowUs: number): PresenceMessage | undefined {
    const known = this.#known;
    const hasNames = members.length <= this.#mostNames;
    const present = hasNames ? new Map(members.map((member) => [member.sessionId, personOf(member)])) : undefined;
    const joined = [...(present?.values() ?? [])].filter(
      (person) => !isSame(known?.get(person.session_id ?? ''), person),
    );
    const left = present === undefined ? [] : [...(known?.keys() ?? [])].filter((id) => !present.has(id));
    const told = message(members, audience, joined, left, present !== undefined && known === undefined);
    const figures = JSON.stringify([audience, members.length]);
    if (figures === this.#told && joined.length === 0 && left.length === 0) return undefined;
    this.#told = figures;
    this.#known = present;
    this.#nextUs = nowUs + intervalUs;
    return told;
  }
}

function isSame(known: ChatPerson | undefined, person: ChatPerson): boolean {
  return known?.role === person.role && known.name === person.name && known.identity === person.identity;
}

function message(
  members: readonly ChatMember[],
  { viewerCount, hosts }: Audience,
  joined: ChatPerson[],
  left: string[],
  isComplete: boolean,
): PresenceMessage {
  return {
    type: 'presence',
    viewer_count: viewerCount,
    member_count: members.length,
    hosts,
    joined,
    left,
    is_complete: isComplete,
  };
}
