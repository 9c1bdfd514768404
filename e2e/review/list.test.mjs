// The list of many groups: only what is in sight is in the page, the address says it all, and the way back leads to the same place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World, settled, until, visit } from './world.mjs';

const GROUPS = 2000;
/** Rows that may be in the page at once: three screens of 900 pixels, and some. */
const ROWS_MAX = 80;

const rows = (page) => page.getByRole('listitem').filter({ has: page.locator('a[data-group]') });
const inSight = (page) => page.evaluate(() => {
  const box = document.querySelector('[data-query]').getBoundingClientRect();
  return [...document.querySelectorAll('a[data-group]')].filter((row) => { const at = row.getBoundingClientRect(); return at.bottom > box.top + 4 && at.top < box.bottom - 4; }).map((row) => row.dataset.group);
});
const scroll = (page, share) => page.evaluate((share) => { const list = document.querySelector('[data-query]'); list.scrollTop = share * (list.scrollHeight - list.clientHeight); }, share);

/** Opens the group in the middle of what is seen at a share of the list, and goes back; returns its number. */
async function thereAndBack(page, share) {
  await scroll(page, share);
  await until(`rows at ${share}`, async () => (await inSight(page)).length > 3);
  await settled(page);
  const there = await inSight(page);
  const middle = there[Math.floor(there.length / 2)];
  await page.locator(`a[data-group="${middle}"]`).click();
  await page.waitForURL(new RegExp(`/groups/${middle}`));
  await settled(page);
  await page.goBack();
  await settled(page);
  return middle;
}

test('a list of 2,000 groups scrolls to its end with few rows in the page, and back leads to the same place', { timeout: 120_000 }, async (t) => {
  const world = World.drawn(t, GROUPS);
  const served = await world.start();
  const page = await world.open('/groups?state=');
  await page.getByRole('status').getByText('2,000 groups').waitFor();
  const last = (await served.get(`groups?state=&at=${GROUPS - 1}&limit=1`)).groups[0];
  let most = 0;
  for (let share = 0; share <= 1.0001; share += 0.05) {
    await scroll(page, share);
    await until(`rows at ${share}`, async () => (await inSight(page)).length > 3);
    most = Math.max(most, await rows(page).count());
  }
  assert.ok(most <= ROWS_MAX, `${most} rows`);
  await until('the last group', async () => (await inSight(page)).includes(String(last.id)));
  assert.equal(await rows(page).last().getAttribute('aria-posinset'), String(GROUPS));
  assert.equal(await rows(page).last().getAttribute('aria-setsize'), String(GROUPS));

  const middle = await thereAndBack(page, 0.5);
  await until('the same row', async () => (await inSight(page)).includes(middle));
  await page.goForward();
  await page.waitForURL(new RegExp(`/groups/${middle}`));
  await settled(page);
  await page.keyboard.press('j');
  await until('the next group', async () => !page.url().includes(`/groups/${middle}`));
  await settled(page);
  const next = new URL(page.url()).pathname.split('/').pop();
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.waitForURL(/\/groups\?/);
  await settled(page);
  await until('the group looked at last', async () => (await inSight(page)).includes(next));
});

test('whoever comes back from a group deep in the list has the focus on its row', async (t) => {
  const world = World.drawn(t, 500);
  await world.start();
  const page = await world.open('/groups?state=');
  const opened = async (share) => {
    const middle = await thereAndBack(page, share);
    await until(`the focus on group ${middle}, at ${share * 100} % of the list`, () => page.evaluate((group) => document.activeElement.dataset.group === group, middle));
  };
  await opened(0);
  await opened(0.5);
});

test('filters, order and state stand in the address, and are applied at once', async (t) => {
  const world = World.demo(t);
  const served = await world.start();
  const page = await world.open('/groups?state=open');
  const choice = (name) => page.getByRole('combobox', { name, exact: true });
  const applied = async (name, value) => { await page.waitForURL((url) => url.searchParams.get(name) === value); await settled(page); };
  await choice('Sort by').selectOption('date');
  await applied('sort', 'date');
  await choice('Show').selectOption('');
  await applied('state', '');
  await page.getByRole('group', { name: 'Kind of copy' }).getByLabel('Thumbnail').check();
  await applied('relation', 'thumbnail');
  await choice('Order').selectOption('reverse');
  await applied('order', 'reverse');
  const { groups } = await served.get(`groups?${new URL(page.url()).searchParams}&limit=200`);
  const expected = groups.map((group) => String(group.id));
  await until('the rows', async () => (await inSight(page)).length > 2);
  const found = await inSight(page);
  assert.deepEqual(found, expected.slice(0, found.length));
  assert.ok(groups.every((group) => group.relations.includes('thumbnail')));
  const address = page.url();
  await page.reload();
  await settled(page);
  assert.equal(await choice('Sort by').inputValue(), 'date');
  assert.ok(await page.getByRole('group', { name: 'Kind of copy' }).getByLabel('Thumbnail').isChecked());
  const other = await world.open(new URL(address).pathname + new URL(address).search);
  await until('the rows elsewhere', async () => (await inSight(other)).join() === found.join());
  await page.getByRole('link', { name: 'Clear' }).click();
  await page.waitForURL(/\/groups\?state=open$/);
  await visit(page, new URL('/groups', served.url).href);
  assert.match(page.url(), /\/groups\?state=open$/);
});
