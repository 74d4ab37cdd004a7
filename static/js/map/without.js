// Without WebGL: the picture the server made, and a sentence that leads to the table. Everything that would
// work on the live map is taken away, what is read stays.

export function showWithout(element, settings, words) {
  if (settings.picture) {
    const picture = Object.assign(new Image(), { src: settings.picture, className: 'still' });
    picture.alt = element.dataset.name;
    element.querySelector('.canvas').replaceWith(picture);
  }
  const note = document.createElement('p');
  note.className = 'note without';
  note.textContent = words.without;
  element.append(note);
  for (const button of element.querySelectorAll('[data-do]:not([data-do="table"], [data-do="map"])')) button.remove();
  element.dataset.ready = 'true';
}
