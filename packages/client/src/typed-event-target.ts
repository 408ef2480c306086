/** An EventTarget whose events carry typed details. `addEventListener` works too and sees `CustomEvent`s. */
export class TypedEventTarget<Details extends object> extends EventTarget {
  /** Calls `listener` with the detail of every event of this type; the returned function ends that. */
  on<Type extends keyof Details & string>(type: Type, listener: (detail: Details[Type]) => void): () => void {
    const handle = (event: Event) => listener((event as CustomEvent<Details[Type]>).detail);
    this.addEventListener(type, handle);
    return () => this.removeEventListener(type, handle);
  }

  protected emit<Type extends keyof Details & string>(type: Type, detail: Details[Type]): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
