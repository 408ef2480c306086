import { describe, expect, it } from 'vitest';
import { type HostPlace, Lineup } from './lineup.ts';
import { OutgoingPacket } from './outgoing-packet.ts';
import { Publisher } from './publisher.ts';
import { assignSlots, type Slot } from './slots.ts';

const publisher = new Publisher({
  sink: { send: () => true },
  tracks: [],
  outlet: { onPacket() {}, onLayersChanged() {} },
  packet: new OutgoingPacket(),
  maxBitrateBps: 1e6,
});

/** Hosts that come and go by name, and slots that show what is sent of their kind. */
class Stage {
  readonly lineup = new Lineup();
  readonly blind = new Set<string>();
  speaker: HostPlace | undefined;

  enter(...names: string[]): void {
    for (const name of names) this.lineup.enter(name).publisher = publisher;
  }

  leave(name: string): void {
    const place = this.lineup.find(name);
    if (place !== undefined) place.publisher = undefined;
  }

  speak(name: string, atUs: number): void {
    this.speaker = this.lineup.find(name);
    if (this.speaker !== undefined) this.speaker.spokeUs = atUs;
  }

  slots(count: number): Slot[] {
    return Array.from({ length: count }, () => ({ host: undefined, canShow: ({ id }) => !this.blind.has(id) }));
  }

  shown(slots: readonly Slot[], partners: readonly Slot[] = []): string {
    const speaker = this.speaker?.publisher === undefined ? undefined : this.speaker;
    assignSlots(slots, this.lineup.places, speaker, partners);
    return slots.map(({ host }) => host?.id ?? '-').join(' ');
  }
}

describe('a viewer with as many slots as hosts', () => {
  it('sees each in a slot that stays its own, whoever speaks, comes or goes', () => {
    const stage = new Stage();
    const slots = stage.slots(3);
    expect(stage.shown(slots)).toBe('- - -');
    stage.enter('ann');
    expect(stage.shown(slots)).toBe('ann - -');
    stage.enter('bob', 'eve');
    stage.speak('eve', 1);
    expect(stage.shown(slots)).toBe('ann bob eve');
    stage.leave('ann');
    expect(stage.shown(slots)).toBe('ann bob eve');
    stage.enter('ann');
    expect(stage.shown(slots)).toBe('ann bob eve');
  });

  it('sees a new host in the slot of one who is away only if there is no free one', () => {
    const stage = new Stage();
    const slots = stage.slots(3);
    stage.enter('ann', 'bob');
    stage.shown(slots);
    stage.leave('ann');
    stage.enter('eve');
    expect(stage.shown(slots)).toBe('ann bob eve');
    stage.enter('dan');
    expect(stage.shown(slots)).toBe('dan bob eve');
  });

  it('has a free slot again once the place of one who went is given up', () => {
    const stage = new Stage();
    const slots = stage.slots(2);
    stage.enter('ann', 'bob');
    stage.shown(slots);
    stage.leave('ann');
    expect(stage.lineup.expire(1e6)).toBe(false);
    expect(stage.lineup.expire(15.9e6)).toBe(false);
    expect(stage.lineup.expire(16e6)).toBe(true);
    expect(stage.shown(slots)).toBe('- bob');
  });

  it('hears a host in the slot of the same index as it sees it in', () => {
    const stage = new Stage();
    const [video, audio] = [stage.slots(2), stage.slots(2)];
    stage.enter('ann', 'bob');
    stage.shown(video);
    video.reverse();
    expect(stage.shown(audio, video)).toBe('bob ann');
  });
});

describe('a viewer with fewer slots than hosts', () => {
  it('sees the main host in a single slot, then whoever speaks, and keeps that one in silence', () => {
    const stage = new Stage();
    const slots = stage.slots(1);
    stage.enter('ann', 'bob', 'eve');
    expect(stage.shown(slots)).toBe('ann');
    stage.speak('eve', 1);
    expect(stage.shown(slots)).toBe('eve');
    stage.speaker = undefined;
    expect(stage.shown(slots)).toBe('eve');
  });

  it('sees another at once when the one it saw has gone', () => {
    const stage = new Stage();
    const slots = stage.slots(1);
    stage.enter('ann', 'bob');
    stage.speak('bob', 1);
    expect(stage.shown(slots)).toBe('bob');
    stage.leave('bob');
    expect(stage.shown(slots)).toBe('ann');
    stage.enter('bob');
    stage.speaker = undefined;
    expect(stage.shown(slots)).toBe('ann');
  });

  it('keeps the main host among several, and gives up the one who has not spoken for longest', () => {
    const stage = new Stage();
    const slots = stage.slots(3);
    stage.enter('ann', 'bob', 'eve', 'dan');
    expect(stage.shown(slots)).toBe('ann bob eve');
    stage.speak('bob', 1);
    stage.speak('dan', 2);
    expect(stage.shown(slots)).toBe('ann bob dan');
    stage.speak('eve', 3);
    expect(stage.shown(slots)).toBe('ann eve dan');
  });

  it('does not give a slot to a host who has nothing to show in it', () => {
    const stage = new Stage();
    const slots = stage.slots(1);
    stage.enter('ann', 'bob');
    stage.blind.add('bob');
    stage.speak('bob', 1);
    expect(stage.shown(slots)).toBe('ann');
  });

  it('waits for a host who is away as long as nobody else is there', () => {
    const stage = new Stage();
    const slots = stage.slots(1);
    stage.enter('ann');
    stage.shown(slots);
    stage.leave('ann');
    expect(stage.shown(slots)).toBe('ann');
  });
});
