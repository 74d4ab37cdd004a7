// A text field that offers what a search finds; w3.org/WAI/ARIA/apg/patterns/combobox.

const REST = 120; // ms

/** `search` answers ?q= with JSON [{id, pcode, name, level, path}]; `choose` is told the one chosen. */
export function startCombobox(box, search, choose) {
  const input = box.querySelector('input');
  const list = box.querySelector('[role="listbox"]');
  let [found, at, wait, underWay] = [[], -1, 0, null];

  const show = (areas) => {
    found = areas;
    list.replaceChildren(...areas.map((area, i) => option(area, `${list.id}-${i}`)));
    list.hidden = !areas.length;
    input.setAttribute('aria-expanded', String(areas.length > 0));
    mark(areas.length ? 0 : -1);
  };
  const mark = (place) => {
    at = place;
    [...list.children].forEach((item, i) => item.setAttribute('aria-selected', String(i === at)));
    list.children[at]?.scrollIntoView({ block: 'nearest' });
    if (at < 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', list.children[at].id);
  };
  const take = (place) => {
    if (!found[place]) return;
    choose(found[place]);
    input.value = '';
    show([]);
  };
  const ask = async () => {
    underWay?.abort();
    const { signal } = (underWay = new AbortController());
    const q = input.value.trim();
    if (!q) return show([]);
    try {
      const answer = await fetch(`${search}?${new URLSearchParams({ q })}`, { signal });
      show(answer.ok ? await answer.json() : []);
    } catch (error) {
      if (error.name !== 'AbortError') show([]);
    }
  };
  input.addEventListener('input', () => {
    clearTimeout(wait);
    wait = setTimeout(ask, REST);
  });
  input.addEventListener('keydown', (event) => {
    const acts = {
      ArrowDown: () => mark((at + 1) % found.length),
      ArrowUp: () => mark((at - 1 + found.length) % found.length),
      Enter: () => take(at),
      Escape: () => show([]),
    };
    if (!acts[event.key] || !found.length) return;
    event.preventDefault();
    acts[event.key]();
  });
  list.addEventListener('mousedown', (event) => {
    event.preventDefault(); // the field keeps the focus
    take([...list.children].indexOf(event.target.closest('[role="option"]')));
  });
  input.addEventListener('blur', () => show([]));
  if (input === document.activeElement) ask(); // typed before this module came, on a slow line
}

function option({ name, pcode, path }, id) {
  const item = document.createElement('li');
  Object.assign(item, { id, role: 'option' });
  const [title, code, where] = ['span', 'span', 'small'].map((tag) => document.createElement(tag));
  title.textContent = name;
  Object.assign(code, { className: 'pc', textContent: pcode });
  where.textContent = path ?? '';
  item.append(title, code, where);
  return item;
}
