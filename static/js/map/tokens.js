// The colours of the map are those of the page: custom properties, read when the map starts and whenever the
// reader's scheme changes.

/** @returns {(name: string) => string} the value of a token, such as colour("--m-land") */
export function palette() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}

/** Call when light turns to dark, or back, or more contrast is asked for. */
export function onSchemeChange(repaint) {
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
    matchMedia(query).addEventListener('change', () => requestAnimationFrame(repaint));
  }
}
