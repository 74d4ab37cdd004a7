// data-module="toasts": what was just done, said once at the foot of the page. Messages stay until closed;
// a refusal that htmx or fetch gets is said here too.

const STAYS = 12_000; // ms

/** Say a sentence at the foot of the page. */
export function say(sentence) {
  const list = document.getElementById('toasts');
  const toast = document.createElement('p');
  toast.className = 'toast';
  const words = document.createElement('span');
  words.textContent = sentence;
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = list.dataset.close;
  toast.append(words, close);
  list.append(toast);
  setTimeout(() => toast.remove(), STAYS);
}

/** The sentence of an answer that refuses: of a problem document, or of a refusal page. */
export function sentenceOf(body, type) {
  if (type.includes('json')) return JSON.parse(body).title;
  const page = new DOMParser().parseFromString(body, 'text/html');
  return (page.querySelector('h1') ?? page.body).textContent.trim();
}

export function start(list) {
  list.addEventListener('click', (event) => {
    if (event.target.closest('button')) event.target.closest('.toast').remove();
  });
  document.addEventListener('htmx:responseError', ({ detail: { xhr } }) => {
    say(sentenceOf(xhr.responseText, xhr.getResponseHeader('content-type') ?? ''));
  });
}
