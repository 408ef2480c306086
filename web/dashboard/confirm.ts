import { pageElement } from '../page-element.ts';

/** Asks before something that cannot be taken back. Escape and Cancel say no. */
export function askToConfirm(question: string, action: string): Promise<boolean> {
  const dialog = pageElement('confirm', HTMLDialogElement);
  pageElement('confirm-text', HTMLElement).textContent = question;
  pageElement('confirm-yes', HTMLButtonElement).textContent = action;
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
