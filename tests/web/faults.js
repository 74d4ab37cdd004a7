// What a page must not show: answers a sentence for each fault that can be measured in its boxes.
() => {
  const faults = [];
  const styleOf = (element) => getComputedStyle(element);
  const named = (element) => {
    const words = element.textContent.trim().replace(/\s+/g, ' ').slice(0, 40);
    return `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> ${words}`;
  };
  const around = function* (element) {
    for (let box = element; box && box !== document.body; box = box.parentElement) yield box;
  };
  const scrolls = (overflow) => overflow === 'auto' || overflow === 'scroll';
  const hides = (overflow) => overflow === 'hidden' || overflow === 'clip';

  const root = document.scrollingElement;
  if (root.scrollWidth > root.clientWidth) {
    const beyond = [...document.body.querySelectorAll('*')].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      if (!width || (left > -1 && right < root.clientWidth + 1)) return false;
      return ![...around(element.parentElement)].some((box) => scrolls(styleOf(box).overflowX));
    });
    faults.push(`wider than its window: ${beyond.slice(0, 3).map(named).join(' | ')}`);
  }

  const end = Math.max(root.clientHeight, document.body.getBoundingClientRect().bottom + root.scrollTop);
  if (root.scrollHeight > end + 1) faults.push(`scrolls ${root.scrollHeight - end} px beyond its end`);

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const extent = document.createRange();
  while (texts.nextNode()) {
    const holder = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !holder.checkVisibility({ visibilityProperty: true })) continue;
    extent.selectNodeContents(texts.currentNode);
    const text = extent.getBoundingClientRect();
    if (!text.width || forScreenReaders(holder)) continue;
    if (isCut(holder, text)) faults.push(`cut: ${named(holder)}`);
    else if (runsOut(holder, text)) faults.push(`runs out of its box: ${named(holder)}`);
    const turned = turnedRound(texts.currentNode);
    if (turned) faults.push(`reads "${turned}" in another order: ${named(holder)}`);
  }
  return faults;

  // Words that only screen readers are told stand in a box of one pixel.
  function forScreenReaders(holder) {
    return [...around(holder)].some((box) => box.offsetWidth === 1 && hides(styleOf(box).overflowX));
  }

  // A box round it hides what runs over; what can be scrolled to is not cut.
  function isCut(holder, text) {
    let [across, down] = [true, true];
    for (const box of around(holder)) {
      const { overflowX, overflowY, position } = styleOf(box);
      const edge = box.getBoundingClientRect();
      if (across && hides(overflowX) && (text.left < edge.left - 1 || text.right > edge.right + 1)) return true;
      if (down && hides(overflowY) && (text.top < edge.top - 1 || text.bottom > edge.bottom + 1)) return true;
      across &&= !scrolls(overflowX);
      down &&= !scrolls(overflowY);
      if (position === 'fixed') break;
    }
    return false;
  }

  // Dates, amounts, figures with a sign or a unit, and codes are read from the left in every language.
  function turnedRound(node) {
    const whole = /\d{1,2} \p{L}{3} \d{4}(, \d\d:\d\d)?|[A-Z]{2,4}[- ]\d[\d,.]*|[-+]\d[\d.]*|\d[\d,.]* ?(%|km²|m\b)/gu;
    const letter = document.createRange();
    for (const { 0: words, index } of node.data.matchAll(whole)) {
      let before = { left: -Infinity, top: NaN };
      for (let at = index; at < index + words.length; at++) {
        letter.setStart(node, at);
        letter.setEnd(node, at + 1);
        const box = letter.getBoundingClientRect();
        if (box.top === before.top && box.left < before.left) return words;
        if (box.width) before = box;
      }
    }
    return null;
  }

  // Words that leave the block they are written in run over its neighbours.
  function runsOut(holder, text) {
    const block = [...around(holder)].find((box) => styleOf(box).display !== 'inline');
    if (!block || block.closest('svg') || scrolls(styleOf(block).overflowX)) return false;
    const edge = block.getBoundingClientRect();
    return text.left < edge.left - 1 || text.right > edge.right + 1;
  }
}
