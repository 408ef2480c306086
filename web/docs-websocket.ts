import { pageElement } from './page-element.ts';

interface Message {
  readonly name: string;
  readonly summary?: string;
  readonly payload: object;
}

interface AsyncApi {
  readonly operations: Record<string, { title: string; messages: { $ref: string }[] }>;
  readonly components: { messages: Record<string, Message> };
}

const list = pageElement('messages', HTMLDivElement);

function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function show({ name, summary, payload }: Message): HTMLElement {
  const entry = document.createElement('details');
  entry.append(
    element('summary', summary === undefined ? name : `${name}: ${summary}`),
    element('pre', JSON.stringify(payload, null, 2)),
  );
  return entry;
}

const answer = await fetch('/docs/asyncapi.json');
const { operations, components }: AsyncApi = await answer.json();
for (const { title, messages } of Object.values(operations)) {
  const shown = messages.flatMap(({ $ref }) => components.messages[$ref.split('/').at(-1) ?? ''] ?? []);
  list.append(element('h2', title), ...shown.map(show));
}
