// Replaces the parts of the page that changed by those of the same page fetched anew; focus stays where it was.
import { Problem } from './api.js';
import { localise } from './localise.js';
import { retell } from './texts.js';

/** The HTML of a part as the server sent it, before scripts touched it. @type {WeakMap<Element, string>} */
const sent = new WeakMap();

const isEach = (node) => node.hasAttribute('data-each');
const units = (root) => [...root.querySelectorAll('[data-part]')].flatMap((part) => (isEach(part) ? [...part.children] : [part]));

/** Says values in the reader's form, having noted what the server sent. @param {ParentNode} root */
export function dress(root) {
  for (const unit of units(root)) sent.set(unit, unit.outerHTML);
  localise(root);
  retell(root);
}

const changed = (now, next) => sent.get(now) !== next.outerHTML;

/** @param {Element} now @param {Element} next */
function replace(now, next) {
  const html = next.outerHTML;
  const node = document.adoptNode(next);
  now.replaceWith(node);
  sent.set(node, html);
  localise(node.parentNode);
  retell(node.parentNode);
}

function replaceEach(now, next) {
  const known = new Map([...now.children].map((child) => [child.id, child]));
  const children = [...next.children].map((child) => {
    const old = known.get(child.id);
    if (old && !changed(old, child)) return old;
    const html = child.outerHTML;
    const node = document.adoptNode(child);
    sent.set(node, html);
    return node;
  });
  const isSame = children.length === now.children.length && children.every((child, at) => child === now.children[at]);
  if (!isSame) now.replaceChildren(...children);
  localise(now);
  retell(now);
}

/**
 * Fetches a page and puts its changed parts in place.
 * @param {string} address @param {{signal?: AbortSignal, except?: string}} [options] `except` names a part that stays as it is
 */
export async function load(address, { signal, except } = {}) {
  const response = await fetch(address, { signal, credentials: 'same-origin' }).catch((error) => {
    if (error.name === 'AbortError') throw error;
    throw new Problem('gone', 'gone');
  });
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  if (!response.ok) {
    throw new Problem(String(response.status), page.querySelector('.notice p')?.textContent ?? response.statusText, page.querySelector('.notice .hint')?.textContent);
  }
  const focus = document.activeElement?.id;
  for (const next of page.querySelectorAll('[data-part]')) {
    const now = document.querySelector(`[data-part="${next.dataset.part}"]`);
    if (!now || next.dataset.part === except) continue;
    if (isEach(now)) replaceEach(now, next);
    else if (changed(now, next)) replace(now, next);
  }
  document.title = page.title;
  if (focus && document.activeElement?.id !== focus) document.getElementById(focus)?.focus({ preventScroll: true });
}
