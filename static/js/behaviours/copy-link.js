// data-module="copy-link": copies the address of the page as it is now, its state included, and says so.
// data-said: the sentence; data-link: another address than the page's own.

import { say } from './toasts.js';

export function start(button) {
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(new URL(button.dataset.link ?? '', location.href).href);
    say(button.dataset.said);
  });
}
