// data-module="focus": takes the focus when it comes onto the page, so that it is read first.

export function start(element) {
  element.focus();
}
