// The list's rows, fetched in blocks from the server and kept for a while; the list itself stays there.
import { get } from './api.js';

/** Rows of a block. */
const BLOCK = 50;
/** Blocks kept. */
const KEPT_MAX = 40;

export class Rows {
  total = 0;
  epoch = null;
  /** @type {Map<number, {rows?: object[], next?: ?string, waiting?: AbortController}>} */
  #blocks = new Map();

  /** @param {string} query the list's @param {(news: {isStale: boolean}) => void} came @param {(error: unknown) => void} failed */
  constructor(query, came, failed) {
    Object.assign(this, { query, came, failed });
  }

  /** Returns the row at a place, if it is here. @param {number} at */
  row(at) {
    return this.#blocks.get(Math.floor(at / BLOCK))?.rows?.[at % BLOCK];
  }

  /** Fetches what is missing between two places, and gives up what is no longer wanted. @param {number} from @param {number} until */
  want(from, until) {
    const [first, last] = [Math.floor(Math.max(from, 0) / BLOCK), Math.floor(Math.max(until - 1, 0) / BLOCK)];
    for (const [at, block] of this.#blocks) {
      if (block.waiting && (at < first || at > last)) { block.waiting.abort(); this.#blocks.delete(at); }
    }
    for (let at = first; at <= last; at += 1) if (!this.#blocks.has(at) && (at === 0 || at * BLOCK < this.total || this.epoch === null)) this.#fetch(at);
  }

  async #fetch(at) {
    const waiting = new AbortController();
    this.#blocks.set(at, { waiting });
    const before = this.#blocks.get(at - 1)?.next;
    const from = before ? `after=${encodeURIComponent(before)}` : `at=${at * BLOCK}`;
    try {
      const page = await get(`groups?${this.query}&${from}&limit=${BLOCK}`, waiting.signal);
      const isStale = this.epoch !== null && page.epoch !== this.epoch;
      if (isStale) this.#blocks.clear();
      Object.assign(this, { total: page.total, epoch: page.epoch });
      // A cursor of a list that changed meanwhile may lead to another place.
      if (page.at === at * BLOCK) this.#keep(at, { rows: page.groups, next: page.next });
      this.came({ isStale });
    } catch (error) {
      if (this.#blocks.get(at)?.waiting === waiting) this.#blocks.delete(at);
      if (error.name !== 'AbortError') this.failed(error);
    }
  }

  #keep(at, block) {
    this.#blocks.delete(at);
    this.#blocks.set(at, block);
    const full = [...this.#blocks].filter(([, kept]) => kept.rows);
    if (full.length > KEPT_MAX) this.#blocks.delete(full[0][0]);
  }

  /** Forgets all rows; the next that are wanted come anew. */
  forget() {
    for (const block of this.#blocks.values()) block.waiting?.abort();
    this.#blocks.clear();
    this.epoch = null;
  }
}
