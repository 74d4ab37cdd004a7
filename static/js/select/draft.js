// Drawings too large for an address, and uploaded shapes, are kept on the server; the address holds the code.

import { needsDraft } from '../state.js';
import { multiPolygon, post } from './answer.js';

const REST = 600; // ms without a change before a drawing is kept

/** Keeps drawings at one address: POST {shapes} answers {code}; GET address/CODE answers the MultiPolygon. */
export class Drafts {
  constructor(address) {
    this.address = address;
  }

  /** Keep the question's drawing, if it needs it, and say its code; say '' where the address is enough. */
  keep(question, say) {
    clearTimeout(this.wait);
    if (!question.shapes.length && !needsDraft(question)) return say('');
    const shapes = multiPolygon(question);
    this.wait = setTimeout(async () => {
      const answer = await post(this.address, JSON.stringify({ shapes }));
      if (answer.ok) say((await answer.json()).code);
    }, REST);
  }

  /** Put the drawing whose code the question has into it. */
  async open(question) {
    if (!question.draft) return;
    const answer = await fetch(`${this.address}/${question.draft}`);
    if (!answer.ok) return;
    const { coordinates } = await answer.json();
    for (const polygon of coordinates) {
      if (polygon.length === 1) question.rings.push(polygon[0].slice(0, -1));
      else question.shapes.push({ type: 'Polygon', coordinates: polygon });
    }
  }
}
