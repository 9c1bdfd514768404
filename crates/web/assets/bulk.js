// Accepts whole relations of the list at once: chosen, looked at, then accepted, and undone with one press.
import { get, post } from './api.js';
import { change } from './history.js';
import { isSecond } from './keys.js';
import { bytes, number } from './localise.js';
import { seen } from './pulse.js';
import { thumbnail } from './row.js';
import { load } from './swap.js';
import { of, t } from './texts.js';
import { alarm, describe, tell } from './toast.js';
import { working } from './working.js';

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};

function box(relation, choose) {
  const input = make('input', { type: 'checkbox', value: relation });
  input.addEventListener('change', choose);
  return make('label', { className: 'check pill' }, input, make('span', { textContent: of('relation', relation) }));
}

/** Draws what accepting would do. @param {object} preview */
function drawn(preview) {
  const pair = ([goes, stays]) => make('li', {},
    make('span', { className: 'pair' }, thumbnail(stays), thumbnail(goes)),
    make('span', { className: 'names' },
      make('span', { textContent: t('bulk.stays', { name: stays.name }) }),
      make('span', { className: 'problem', textContent: t('bulk.goes', { name: goes.name }) })));
  return [
    make('p', { className: 'figure-line', textContent: t('bulk.would', { count: preview.assets, groups: preview.groups, size: { bytes: preview.size_bytes } }) }),
    ...(preview.inheriting ? [make('p', { className: 'muted', textContent: t('bulk.inheriting', { count: preview.inheriting }) })] : []),
    make('ul', { className: 'first' }, ...preview.first.map(pair)),
    ...(preview.assets > preview.first.length ? [make('p', { className: 'muted', textContent: t('bulk.more', { count: preview.assets - preview.first.length }) })] : []),
  ];
}

/** Starts the button. @param {string} query the list's @param {() => void} changed */
export function bulk(query, changed) {
  const open = async () => {
    const { relations } = await get('choices');
    const dialog = make('dialog', { className: 'dialog' });
    dialog.setAttribute('aria-labelledby', 'bulk-title');
    const preview = make('div', { className: 'preview' });
    preview.setAttribute('aria-live', 'polite');
    const accept = make('button', { type: 'button', className: 'button primary', textContent: t('bulk.accept'), disabled: true });
    const cancel = make('button', { type: 'button', className: 'button', textContent: t('dialog.cancel') });
    let token = null;
    let asking = new AbortController();
    const chosen = () => [...dialog.querySelectorAll('input:checked')].map((input) => input.value);
    const look = async () => {
      asking.abort();
      asking = new AbortController();
      token = null;
      accept.disabled = true;
      accept.textContent = t('bulk.accept');
      if (!chosen().length) return preview.replaceChildren(make('p', { className: 'muted', textContent: t('bulk.choose') }));
      preview.replaceChildren(make('p', { className: 'muted', textContent: t('bulk.counting') }));
      try {
        const found = await post('accept/preview', { query, relations: chosen() }, asking.signal);
        token = found.token;
        preview.replaceChildren(...drawn(found));
        accept.disabled = found.assets === 0;
        accept.textContent = t('bulk.accept-so', { photos: number(found.assets), size: bytes(found.size_bytes) });
      } catch (error) {
        if (error.name !== 'AbortError') preview.replaceChildren(make('p', { className: 'problem', textContent: describe(error) }));
      }
      return undefined;
    };
    cancel.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => { asking.abort(); dialog.remove(); });
    accept.addEventListener('click', async () => {
      accept.disabled = true;
      accept.textContent = t('history.working');
      try {
        const answer = await working(post('accept', { query, relations: chosen(), token }), (words) => { accept.textContent = words; });
        seen(answer.epoch);
        dialog.close();
        tell(t('bulk.done', { count: answer.history.undo?.assets ?? 0 }), { words: t('history.undo'), run: () => change('undo', answer.history.undo?.id) });
        await load(location.href);
        changed();
      } catch (error) {
        await look();
        if (error.code !== 'conflict') return preview.prepend(make('p', { className: 'problem', textContent: describe(error) }));
        preview.prepend(make('p', { className: 'problem', textContent: t('bulk.changed') }));
      }
      return undefined;
    });
    dialog.append(
      make('h2', { id: 'bulk-title', textContent: t('bulk.title') }),
      make('p', { className: 'muted', textContent: t('bulk.words') }),
      make('div', { className: 'boxes' }, ...relations.map((relation) => box(relation, look))),
      preview,
      make('p', { className: 'muted', textContent: t('bulk.nothing-removed') }),
      make('div', { className: 'dialog-actions' }, cancel, accept),
    );
    document.body.append(dialog);
    dialog.showModal();
    look();
  };
  document.getElementById('bulk').addEventListener('click', (event) => { if (!isSecond(event)) open().catch(alarm); });
}
