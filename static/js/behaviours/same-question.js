// Links that ask elsewhere what this page asks: they take its address along, which changes as one draws.

export function start(element) {
  element.addEventListener('click', (event) => {
    const link = event.target.closest('a[href]');
    if (link) link.search = window.location.search;
  });
}
