// What is missing: sources chosen, searched in the background, looked at photo for photo, and left missing on purpose.
import { get, post } from './api.js';
import { Blocks, ROWS_MAX } from './blocks.js';
import { bytes, clean } from './localise.js';
import { icon, thumbnail } from './row.js';
import { of, t } from './texts.js';
import { alarm, describe } from './toast.js';
import { begin, works } from './work.js';

const byId = (id) => document.getElementById(id);
let blocks = null;
let turn = 0;

const make = (tag, className, ...children) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
};

/** Puts on a button what it does now. */
function name(button, row) {
  button.replaceChildren(icon(row.ignored ? 'undo' : 'close'), t(row.ignored ? 'missing.told-again' : 'missing.ignore'));
  button.setAttribute('aria-label', t(row.ignored ? 'missing.tell-again-of' : 'missing.ignore-of', { name: row.filename }));
}

/** Draws a photo that is missing, or there only in part. @param {object} row a MissingLine */
function draw(row) {
  const pair = make('span', 'pair', thumbnail(row));
  if (row.nearest) pair.append(thumbnail({ asset: row.nearest.asset, picture: row.nearest_picture ?? '' }));
  pair.setAttribute('aria-hidden', 'true');
  const sure = make('span', 'chip', row.sure ? of('sure', row.sure) : t('missing.in-part'));
  sure.dataset.sure = row.sure ?? 'derived';
  const what = make('div', 'what', make('p', '', sure, ' ', make('span', 'where-it-lay', clean(row.path)), ' ', make('span', 'muted', bytes(row.size_bytes))));
  if (row.words.length) what.append(make('ul', 'plain muted', ...row.words.map((words) => make('li', '', clean(words)))));
  if (row.nearest) {
    const how = [row.nearest.relation && of('relation', row.nearest.relation), row.nearest.distance_bits !== undefined && t('missing.bits', { count: row.nearest.distance_bits })].filter(Boolean);
    what.append(make('p', 'muted', t('missing.nearest'), ' ', make('span', 'path', clean(row.nearest.path)), how.length ? ` (${how.join(', ')})` : ''));
  }
  const button = make('button', 'button small');
  button.type = 'button';
  name(button, row);
  button.addEventListener('click', async () => {
    try {
      const { is_ignored: isIgnored } = await post('missing/ignore', { asset: row.asset, is_ignored: !row.ignored });
      row.ignored = isIgnored;
      name(button, row);
    } catch (error) {
      alarm(error);
    }
  });
  what.append(make('p', '', button));
  return make('div', 'removal', pair, what);
}

/** Shows the photos of the search that is in the page. */
async function list() {
  const search = byId('found')?.dataset.search;
  const now = (turn += 1);
  blocks?.end();
  blocks = null;
  byId('missing-photos').hidden = !search;
  if (!search) return;
  const query = `search=${search}&with_derived=${Number(byId('with-derived').checked)}&with_ignored=${Number(byId('with-ignored').checked)}`;
  try {
    const { total } = await get(`missing/rows?${query}&limit=1`);
    if (now !== turn) return;
    byId('missing-total').textContent = t('missing.total', { count: total });
    byId('rows-rest').hidden = total <= ROWS_MAX;
    byId('rows-rest').textContent = t('missing.rest', { count: total - ROWS_MAX });
    blocks = new Blocks(byId('rows'), total, async (at, limit, signal) => (await get(`missing/rows?${query}&at=${at}&limit=${limit}`, signal)).rows, draw, alarm);
  } catch (error) {
    alarm(error);
  }
}

async function find() {
  const chosen = (side) => [...document.querySelectorAll(`input[name=${side}]:checked`)].map((input) => input.value);
  byId('sides-problem').textContent = '';
  try {
    await begin('missing', { from: chosen('from'), but_not_in: chosen('but-not-in'), originals: byId('originals').checked }, list);
    await list();
  } catch (error) {
    byId('sides-problem').textContent = describe(error);
  }
}

/** Starts the page. */
export function start() {
  byId('main').addEventListener('submit', (event) => { event.preventDefault(); find(); });
  for (const id of ['with-derived', 'with-ignored']) byId(id).addEventListener('change', list);
  works(list);
  list();
}
