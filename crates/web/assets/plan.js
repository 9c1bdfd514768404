// The plan: made, looked at photo for photo, and applied once its number was typed.
import { get } from './api.js';
import { Blocks, ROWS_MAX } from './blocks.js';
import { bytes, clean } from './localise.js';
import { thumbnail } from './row.js';
import { load } from './swap.js';
import { of, t } from './texts.js';
import { alarm, describe } from './toast.js';
import { begin, works } from './work.js';

const byId = (id) => document.getElementById(id);
/** What stands between the figures of a number that was typed as it is shown. */
const BETWEEN = /[\s.,'’\u00a0\u202f]/g;
let blocks = null;
let shown = null;

const make = (tag, className, ...children) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
};

/** Draws a photo that would go. @param {object} row a PlanRow */
function draw(row) {
  const link = make('a', 'where-it-lay', clean(row.photo.path));
  link.href = `/groups/${row.keeper.asset}?state=`;
  const pair = make('span', 'pair', thumbnail(row.keeper), thumbnail(row.photo));
  pair.lastChild.dataset.verdict = 'remove';
  pair.setAttribute('aria-hidden', 'true');
  const what = make('div', 'what',
    make('p', '', link),
    make('p', 'muted', make('span', 'chip', of('relation', row.relation)), ' ', t('plan.of'), ' ', make('span', 'path', clean(row.keeper.path)), ` · ${bytes(row.size_bytes)}`));
  if (row.companions.length) what.append(make('p', 'muted', t('plan.with', { files: row.companions.join(', ') })));
  if (row.carried.length) what.append(make('div', 'gains', make('span', 'muted', t('plan.gains')), make('ul', 'plain', ...row.carried.map((words) => make('li', '', clean(words))))));
  return make('div', 'removal', pair, what);
}

/** Shows the photos of the plan that is in the page. */
function list() {
  const plan = byId('plan')?.dataset;
  const id = plan?.plan ?? null;
  if (id === shown) return;
  shown = id;
  blocks?.end();
  blocks = null;
  const total = Number(plan?.total ?? 0);
  byId('removals').hidden = !total;
  if (!total) return;
  byId('rows-rest').hidden = total <= ROWS_MAX;
  byId('rows-rest').textContent = t('plan.rest', { count: total - ROWS_MAX });
  blocks = new Blocks(byId('rows'), total, async (at, limit, signal) => (await get(`plan/removals?plan=${id}&at=${at}&limit=${limit}`, signal)).removals, draw, alarm);
}

async function freeze() {
  try {
    await begin('plan', { from_rules: byId('from-rules').checked }, list);
    list();
  } catch (error) {
    alarm(error);
  }
}

async function remove() {
  const problem = byId('confirm-problem');
  const typed = byId('photos').value.replace(BETWEEN, '');
  problem.textContent = '';
  if (!/^\d{1,15}$/.test(typed)) {
    problem.textContent = t('confirm.number');
    return byId('photos').focus();
  }
  byId('remove').disabled = true;
  try {
    await begin('remove', { plan: byId('plan').dataset.plan, photos: Number(typed) }, list);
    list();
  } catch (error) {
    const still = byId('confirm-problem');
    if (!still) return alarm(error);
    still.textContent = describe(error);
    byId('remove').disabled = false;
    byId('photos').focus();
  }
  return undefined;
}

/** Starts the page. */
export function start() {
  byId('main').addEventListener('submit', (event) => {
    event.preventDefault();
    if (event.target.id === 'make') freeze();
    else if (event.target.id === 'confirm') remove();
  });
  works(list);
  list();
  addEventListener('pageshow', (event) => { if (event.persisted) load(location.href).then(list, alarm); });
}
