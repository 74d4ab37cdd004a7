// data-module="progress": long work that htmx asks for again each second. When the work is over its fragment
// comes back without hx-trigger; if it carries data-next, the page goes there.

export function start(element) {
  if (element.dataset.next) location.assign(element.dataset.next);
}
