export interface Column<Item> {
  readonly title: string;
  readonly kind?: 'name' | 'number' | 'words';
  /** What the cell says, as text and never as HTML: ids and names are those of users. */
  text?(item: Item): string;
  /** What stays in the cell as long as the row does, such as a button. */
  element?(item: Item): HTMLElement;
}

/** A table whose rows stay from one look to the next, so that the keyboard's focus stays where it is. */
export class KeyedTable<Item> {
  readonly #columns: readonly Column<Item>[];
  readonly #keyOf: (item: Item) => string;
  readonly #body: HTMLTableSectionElement;
  readonly #rows = new Map<string, HTMLTableRowElement>();

  constructor(table: HTMLTableElement, keyOf: (item: Item) => string, columns: readonly Column<Item>[]) {
    this.#columns = columns;
    this.#keyOf = keyOf;
    table.replaceChildren();
    frame(table);
    const heading = table.createTHead().insertRow();
    for (const { title, kind } of columns) {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.textContent = title;
      if (kind === 'number') cell.className = kind;
      heading.append(cell);
    }
    this.#body = table.createTBody();
  }

  show(items: readonly Item[], chosenKey?: string): void {
    const gone = new Set(this.#rows.keys());
    for (const [index, item] of items.entries()) {
      const key = this.#keyOf(item);
      gone.delete(key);
      const row = this.#rows.get(key) ?? this.#createRow(key, item);
      row.classList.toggle('chosen', key === chosenKey);
      this.#fill(row, item);
      if (this.#body.rows[index] !== row) this.#body.insertBefore(row, this.#body.rows[index] ?? null);
    }
    for (const key of gone) {
      this.#rows.get(key)?.remove();
      this.#rows.delete(key);
    }
  }

  #createRow(key: string, item: Item): HTMLTableRowElement {
    const row = document.createElement('tr');
    for (const [index, { kind, element }] of this.#columns.entries()) {
      const cell = document.createElement(index === 0 ? 'th' : 'td');
      if (index === 0) cell.scope = 'row';
      if (kind !== undefined) cell.className = kind;
      if (element !== undefined) cell.append(element(item));
      row.append(cell);
    }
    this.#rows.set(key, row);
    return row;
  }

  #fill(row: HTMLTableRowElement, item: Item): void {
    for (const [index, { text }] of this.#columns.entries()) {
      const cell = row.cells[index];
      const now = text?.(item);
      if (cell !== undefined && now !== undefined && cell.textContent !== now) cell.textContent = now;
    }
  }
}

/** What wide tables move sideways in must be reached by the keyboard too. */
function frame(table: HTMLTableElement): void {
  const { parentElement } = table;
  if (parentElement === null) return;
  parentElement.tabIndex = 0;
  parentElement.role = 'region';
  parentElement.setAttribute('aria-labelledby', table.getAttribute('aria-labelledby') ?? '');
}

/** A small button, whose name says to a screen reader what it is about. */
export function smallButton(text: string, about: string, onClick: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'small';
  button.textContent = text;
  button.ariaLabel = `${text} ${about}`;
  button.addEventListener('click', onClick);
  return button;
}
