// The answer to the question follows the hand: asked at most every 60 ms, and only the newest one is shown.
// The server answers a fragment; each of its elements with an id takes the place of what the page's element of
// that id holds.

import { sentenceOf } from '../behaviours/toasts.js';

const REST = 60; // ms

/** Asks one address and shows what it answers. */
export class Answers {
  constructor(element) {
    this.address = element.dataset.answer;
    this.refused = element.querySelector('[data-part="refused"]');
    this.targets = (element.dataset.into ?? '').split(/\s+/).map((id) => document.getElementById(id)).filter(Boolean);
  }

  /** Ask soon; whatever was asked before and is not answered yet is forgotten, and what is shown fades. */
  ask(question) {
    clearTimeout(this.wait);
    this.#fade(true);
    const asked = asJson(question);
    for (const field of document.querySelectorAll('input[data-part="question"]')) field.value = asked;
    this.wait = setTimeout(() => this.#send(asked), REST);
  }

  async #send(body) {
    this.wait = undefined;
    this.underWay?.abort();
    const { signal } = (this.underWay = new AbortController());
    try {
      const answer = await post(this.address, body, { signal });
      this.#show(answer.ok, await answer.text(), answer.headers.get('content-type') ?? '');
    } catch (error) {
      if (error.name === 'AbortError') return; // a newer question is under way
      this.#refuse(error.message);
    }
    if (this.wait === undefined) this.#fade(false);
  }

  #show(ok, body, type) {
    if (!ok) return this.#refuse(sentenceOf(body, type));
    this.#refuse('');
    for (const part of new DOMParser().parseFromString(body, 'text/html').querySelectorAll('[id]')) {
      const target = document.getElementById(part.id);
      if (!target || part.parentElement.closest('[id]')) continue;
      target.replaceChildren(...part.childNodes);
      target.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true }));
    }
  }

  #refuse(sentence) {
    this.refused.textContent = sentence;
    this.refused.hidden = !sentence;
  }

  #fade(asking) {
    for (const target of this.targets) {
      target.classList.toggle('asking', asking);
      target.setAttribute('aria-busy', String(asking));
    }
  }
}

/** Send JSON, or a form, with the token that proves the page is ours. */
export function post(address, body, { signal } = {}) {
  const headers = { 'X-CSRFToken': document.querySelector('meta[name="csrf-token"]').content };
  if (typeof body === 'string') headers['Content-Type'] = 'application/json';
  return fetch(address, { method: 'POST', headers, body, signal });
}

/** The question as the server reads it. */
export function asJson({ event, release, least, others, together, areas, without, combine, ...drawn }) {
  return JSON.stringify({
    event,
    shapes: multiPolygon(drawn),
    areas,
    exclude: { areas: without },
    combine,
    clause: release === '' ? null : clause({ release, least }),
    others: others.map(clause),
    together,
  });
}

const clause = ({ release, least }) => ({ release: Number(release), at_least: least });

/** Drawn rings and uploaded shapes as one MultiPolygon, or null of none. */
export function multiPolygon({ rings, shapes }) {
  const drawn = rings.map((ring) => [[...ring, ring[0]]]);
  const uploaded = shapes.flatMap(({ type, coordinates }) => (type === 'Polygon' ? [coordinates] : coordinates));
  const coordinates = [...drawn, ...uploaded];
  return coordinates.length ? { type: 'MultiPolygon', coordinates } : null;
}
