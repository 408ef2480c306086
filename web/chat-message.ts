import type { ChatMessage } from '/sdk/index.js';
import { displayName, roleName, targetKey, targetOf } from './chat-text.ts';

/** What a moderator can do about a message and whoever wrote it. */
export interface ChatModeration {
  isMuted(key: string): boolean;
  remove(message: ChatMessage): void;
  setMuted(message: ChatMessage, muted: boolean): void;
  kick(message: ChatMessage): void;
}

/** A line of the chat. Texts and names are put in as text, never as HTML. */
export function createChatMessage(message: ChatMessage, moderation: ChatModeration): HTMLLIElement {
  const item = document.createElement('li');
  item.dataset.messageId = message.id;
  const name = document.createElement('b');
  name.textContent = displayName(message.from);
  const text = document.createElement('span');
  text.className = 'chat-text';
  text.textContent = message.text;
  item.append(name);
  const role = roleName(message.from.role);
  if (role !== '') {
    const badge = document.createElement('span');
    badge.className = 'chat-role';
    badge.textContent = role;
    item.append(' ', badge);
  }
  item.append(' ', text, ...moderationOf(message, moderation));
  return item;
}

/** Seen by moderators alone, by the style of the list around it. */
function moderationOf(message: ChatMessage, moderation: ChatModeration): HTMLElement[] {
  const target = targetOf(message.from);
  const actions = document.createElement('span');
  actions.className = 'chat-actions';
  actions.hidden = true;
  const more = button('⋯', () => {
    actions.hidden = !actions.hidden;
    more.setAttribute('aria-expanded', String(!actions.hidden));
    if (target) mute.textContent = moderation.isMuted(targetKey(target)) ? 'Unmute' : 'Mute';
  });
  more.className = 'chat-more';
  more.setAttribute('aria-label', `Moderate what ${displayName(message.from)} said`);
  more.setAttribute('aria-expanded', 'false');

  const act = (does: () => void) => () => {
    does();
    // The focus stays where a keyboard can go on from.
    more.focus();
    more.click();
  };
  const mute = button(
    'Mute',
    act(() => target && moderation.setMuted(message, !moderation.isMuted(targetKey(target)))),
  );
  actions.append(
    button(
      'Remove',
      act(() => moderation.remove(message)),
    ),
  );
  if (target) actions.append(mute);
  if (message.from.session_id !== null)
    actions.append(
      button(
        'Kick',
        act(() => moderation.kick(message)),
      ),
    );
  return [more, actions];
}

function button(text: string, onClick: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = text;
  element.addEventListener('click', onClick);
  return element;
}
