// The messages, from the same file as the server's.
import { bytes, clean, number } from './localise.js';

const messages = await (await fetch('/assets/texts.en.json')).json();
const plural = new Intl.PluralRules('en');

/**
 * Returns a message with its placeholders filled: numbers and `{bytes}` in the reader's form, texts made harmless.
 * @param {string} key @param {Record<string, number|string|{bytes: number}>} [values] @returns {string}
 */
export function t(key, values = {}) {
  let message = messages[key];
  if (message === undefined) return key;
  if (typeof message !== 'string') message = message[plural.select(values.count ?? 0)] ?? message.other;
  return message.replace(/\{([a-z]+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (typeof value === 'number') return number(value);
    return typeof value === 'object' ? bytes(value.bytes) : clean(value);
  });
}

/** Returns the message of a member of a family, or the bare name where the family does not know it. @param {string} family @param {string} name */
export const of = (family, name) => messages[`${family}.${name}`] ?? clean(name);

/** Says again, in the reader's form, what the server said in plain English. @param {ParentNode} root */
export function retell(root) {
  for (const node of root.querySelectorAll('[data-text]')) node.textContent = t(node.dataset.text, JSON.parse(node.dataset.values));
}
