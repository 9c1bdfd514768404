// Rows of a long list in the page's own flow, each as high as it needs: only the blocks near the window are filled, the others keep their room.

/** Rows of a block. */
const BLOCK = 50;
/** Most rows that get room: browsers draw no element taller than some 17 million pixels. */
export const ROWS_MAX = 100_000;
/** Height of a row before any was drawn. Pixels. */
const ROW_GUESS = 96;
/** How far beyond the window blocks are filled. */
const AHEAD = '100%';

export class Blocks {
  #height = ROW_GUESS;
  #asking = new AbortController();

  /**
   * @param {HTMLElement} list @param {number} total
   * @param {(at: number, limit: number, signal: AbortSignal) => Promise<object[]>} fetch @param {(row: object) => HTMLElement} draw @param {(error: unknown) => void} failed
   */
  constructor(list, total, fetch, draw, failed) {
    Object.assign(this, { list, fetch, draw, failed, total: Math.min(total, ROWS_MAX) });
    this.seen = new IntersectionObserver((entries) => entries.forEach((entry) => this.#look(entry)), { rootMargin: `${AHEAD} 0px` });
    const blocks = [];
    for (let at = 0; at < this.total; at += BLOCK) {
      const block = Object.assign(document.createElement('div'), { className: 'block-of-rows' });
      block.dataset.at = at;
      blocks.push(block);
    }
    list.replaceChildren(...blocks);
    for (const block of blocks) { this.#hold(block); this.seen.observe(block); }
  }

  #rowsOf = (block) => Math.min(BLOCK, this.total - Number(block.dataset.at));

  #hold(block) {
    block.style.height = `${block.childElementCount ? block.getBoundingClientRect().height : this.#rowsOf(block) * this.#height}px`;
  }

  #look({ target, isIntersecting }) {
    if (isIntersecting) this.#fill(target);
    else if (target.childElementCount && !target.contains(document.activeElement)) {
      this.#hold(target);
      target.replaceChildren();
      delete target.dataset.state;
    }
  }

  async #fill(block) {
    if (block.dataset.state) return;
    block.dataset.state = 'asked';
    try {
      const at = Number(block.dataset.at);
      const rows = await this.fetch(at, this.#rowsOf(block), this.#asking.signal);
      block.replaceChildren(...rows.map((row, place) => {
        const node = this.draw(row);
        node.setAttribute('role', 'listitem');
        node.setAttribute('aria-posinset', at + place + 1);
        node.setAttribute('aria-setsize', this.total);
        return node;
      }));
      block.style.height = '';
      if (rows.length) this.#height = block.getBoundingClientRect().height / rows.length;
      block.dataset.state = 'drawn';
    } catch (error) {
      delete block.dataset.state;
      if (error.name !== 'AbortError') this.failed(error);
    }
  }

  /** Ends it; the rows go. */
  end() {
    this.#asking.abort();
    this.seen.disconnect();
    this.list.replaceChildren();
  }
}
