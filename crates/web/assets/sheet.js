// The sheet of all keys.
import { KEYS, areOff, switchOff } from './keys.js';
import { t } from './texts.js';

const NAMES = { ' ': 'key.space', Enter: 'key.enter', ArrowUp: 'key.up', ArrowDown: 'key.down', ArrowLeft: 'key.left', ArrowRight: 'key.right' };
const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};

/** @param {string} key */
const cap = (key) => make('kbd', { textContent: NAMES[key] ? t(NAMES[key]) : key.replace('Shift+', `${t('key.shift')} `).replace(/^\p{Ll}$/u, (letter) => letter.toUpperCase()) });

function caps(keys) {
  const shown = keys.length > 4 ? [keys[0], '–', keys.at(-1)] : keys;
  return shown.flatMap((key, at) => (key === '–' ? [' – '] : [at && shown[at - 1] !== '–' ? ' ' : '', cap(key)]));
}

function draw() {
  const dialog = make('dialog', { id: 'sheet', className: 'dialog' });
  dialog.setAttribute('aria-labelledby', 'sheet-title');
  const table = (page) => make('table', {},
    make('caption', { textContent: t(`keys.page-${page}`) }),
    make('tbody', {}, ...KEYS.filter((key) => key.page === page).map((key) => make('tr', {},
      make('th', { scope: 'row' }, ...caps(key.keys)),
      make('td', { textContent: t(`keys.${key.action}`) })))));
  const off = make('input', { type: 'checkbox', checked: areOff() });
  off.addEventListener('change', () => switchOff(off.checked));
  const close = make('button', { type: 'button', className: 'button', textContent: t('dialog.close') });
  close.addEventListener('click', () => dialog.close());
  dialog.append(
    make('h2', { id: 'sheet-title', textContent: t('keys.title') }),
    make('div', { className: 'sheet' }, table('group'), make('div', {}, table('list'), table('all'))),
    make('label', { className: 'check' }, off, make('span', { textContent: t('keys.off') })),
    make('div', { className: 'dialog-actions' }, close),
  );
  document.body.append(dialog);
  return dialog;
}

/** Shows the sheet. */
export function showSheet() {
  (document.getElementById('sheet') ?? draw()).showModal();
}
