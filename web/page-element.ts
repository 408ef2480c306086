/** The element of the page with this id and type. A page without it is broken, and says so at once. */
export function pageElement<Type extends Element>(id: string, type: new () => Type): Type {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} with the id ${id}.`);
  return element;
}
