// What outlasts a scan, and what shows at once elsewhere: not the same, other tabs, other programs, keep rules.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { World, decide, groupOf, settled, shown, until, visit } from './world.mjs';

const TREE = `
a/beach.jpg        picture=3 size=1200x900 jpeg=92
a/beach-copy.jpg   same=a/beach.jpg
a/beach-small.jpg  picture=3 size=1200x900 fit=320 jpeg=80
b/hill.jpg         picture=5 size=1200x900 jpeg=92
b/hill-again.jpg   picture=5 size=1200x900 jpeg=60
c/lake.jpg         picture=7 size=1200x900
d/lake.jpg         same=c/lake.jpg
`;
const names = (groups) => groups.flatMap((group) => group.members.map((member) => member.name)).sort();

test('not the same outlasts a scan and another name, is listed, and can be taken back', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start();
  const before = await served.list();
  const hill = await groupOf(served, 'hill-again.jpg');
  const page = await world.open(`/groups/${hill.id}?state=`);
  await page.locator(`[role=option][data-asset="${hill.member}"]`).click();
  assert.equal(await decide(page, 'n'), 200);
  const isParted = async () => assert.ok(!names(await served.list()).some((name) => name.startsWith('hill')), 'no hill stands in a group');
  await isParted();
  await world.run('scan', world.photos);
  await isParted();
  fs.renameSync(path.join(world.photos, 'b/hill-again.jpg'), path.join(world.photos, 'c/another name.jpg'));
  await world.run('scan', world.photos);
  await isParted();
  assert.ok(!(await world.groups()).join().includes('another name'));

  await visit(page, new URL('/parted', served.url).href);
  const pair = page.getByRole('main').getByRole('listitem');
  assert.equal(await pair.count(), 1);
  for (const name of ['hill.jpg', 'another name.jpg']) await pair.getByText(name, { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Take back' }).click();
  await page.getByText('The pair may be grouped again.').waitFor();
  await settled(page);
  assert.equal(await pair.count(), 0);
  assert.equal((await groupOf(served, 'another name.jpg')).id, hill.id);
  assert.equal((await served.list()).length, before.length);
  assert.equal(await decide(page, 'u'), 200);
  await isParted();
  assert.equal(await pair.count(), 1, 'listed again after the undo');
});

test('none are the same parts a whole group, and undo joins it again', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start();
  const before = await served.list();
  const hill = await groupOf(served, 'hill.jpg');
  const page = await world.open(`/groups/${hill.id}?state=`);
  const answered = page.waitForResponse(/\/decide$/);
  await page.getByRole('button', { name: 'None are the same' }).click();
  assert.equal((await answered).status(), 200);
  await settled(page);
  assert.ok(!names(await served.list()).includes('hill.jpg'));
  assert.equal(await decide(page, 'u'), 200);
  assert.deepEqual(await served.list(), before);
});

test('of two tabs that decide one group the later is told, and nothing is lost', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start();
  const beach = await groupOf(served, 'beach-small.jpg');
  const place = String(beach.members.findIndex((member) => member.name === 'beach-small.jpg') + 1);
  const first = await world.open(`/groups/${beach.id}?state=`);
  const second = await world.tab(first, `/groups/${beach.id}?state=`);
  // The second tab does not hear of it by itself before it decides.
  await second.route('**/api/v1/pulse', () => {});
  assert.equal(await decide(first, place), 200);
  const kept = await served.list();
  assert.equal(kept.find((group) => group.id === beach.id).members.find((member) => member.asset === beach.member).verdict, 'keep');
  assert.equal(await decide(second, 'Enter'), 409);
  await second.getByRole('alert').getByText('Changed elsewhere meanwhile').waitFor();
  assert.deepEqual(await served.list(), kept, 'nothing was done');
  assert.equal(await second.locator(`[role=option][data-asset="${beach.member}"]`).getAttribute('data-verdict'), 'keep', 'it shows how it stands now');
  assert.equal((await shown(second)).group, String(beach.id));
  assert.equal(await decide(second, 'Enter'), 200, 'and can go on from there');
  const after = (await served.list()).find((group) => group.id === beach.id);
  assert.equal(after.state, 'decided');
  assert.equal(after.members.find((member) => member.asset === beach.member).verdict, 'keep');
});

test('what is decided in one tab shows in the others: the same group, the list, the overview', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start();
  const beach = await groupOf(served, 'beach.jpg');
  const page = await world.open(`/groups/${beach.id}?state=`);
  const [same, list, overview] = [await world.tab(page, `/groups/${beach.id}?state=`), await world.tab(page, '/groups?state=open'), await world.tab(page, '/')];
  const rows = () => list.locator('a[data-group]').count();
  const before = await rows();
  assert.equal(await decide(page, 'Enter'), 200);
  await until('the group', async () => (await same.locator('[data-state]').first().getAttribute('data-state')) === 'decided');
  await until('the list', async () => (await rows()) === before - 1);
  await list.getByText('The list changed, here or elsewhere.').waitFor();
  await overview.getByRole('heading', { level: 1, name: `${before - 1} groups wait for you` }).waitFor();
});

test('a scan of another program shows on the overview and in the list without a reload', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start();
  const overview = await world.open('/');
  const list = await world.tab(overview, '/groups?state=open');
  for (const page of [overview, list]) await page.evaluate(() => { globalThis.isSame = true; });
  assert.equal(await list.locator('a[data-group]').count(), 3);
  assert.equal((await served.get('pulse')).is_busy, false);
  world.draw('e/new.jpg picture=11 size=1200x900\ne/new-copy.jpg same=e/new.jpg\n');
  await world.run('scan', world.photos);
  assert.equal((await served.get('pulse')).is_busy, true, 'writes of others are heard');
  await overview.getByRole('heading', { level: 1, name: '4 groups wait for you' }).waitFor();
  await until('the new row', async () => (await list.locator('a[data-group]').count()) === 4);
  await list.getByRole('link', { name: 'new.jpg' }).waitFor();
  await list.getByRole('status').filter({ hasText: '4 groups' }).waitFor();
  for (const page of [overview, list]) assert.equal(await page.evaluate(() => globalThis.isSame), true, 'no reload');
});

test('when the program ends the page says so, and what was decided is kept', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start();
  const beach = await groupOf(served, 'beach.jpg');
  const page = await world.open(`/groups/${beach.id}?state=`);
  assert.equal(await decide(page, 'Enter'), 200);
  const after = await served.list();
  await served.stop();
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Lookalike does not answer').waitFor();
  assert.deepEqual(await (await world.start()).list(), after);
});

test('keep rules: the live count comes before they are applied; applied they hold everywhere; undo takes them back', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start();
  const before = await world.groups();
  assert.equal((await groupOf(served, 'lake.jpg')).folder.endsWith('c'), true, 'the usual rules keep the one in c');
  const page = await world.open('/rules');
  await page.getByText('These are the usual ones.').waitFor();
  const apply = page.getByRole('button', { name: 'Apply' });
  assert.ok(await apply.isDisabled());
  const select = page.getByLabel('Add a rule');
  await select.selectOption(await select.locator('option').evaluateAll((options) => options.find(({ value }) => value.startsWith('path:')).value));
  await page.getByRole('textbox', { name: 'Paths that match' }).fill('**/d/**');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await until('the new rule at the top', async () => {
    const up = page.getByRole('button', { name: 'Move path:**/d/** up' });
    if (await up.isDisabled()) return true;
    await up.click();
    return false;
  });
  const would = page.getByText('1 of 3 groups would have another keeper');
  await would.waitFor();
  await until('a button to apply', () => apply.isEnabled());
  assert.deepEqual(await world.groups(), before, 'looking changes nothing');
  await apply.click();
  await page.getByText('The new rules hold.').waitFor();
  await settled(page);
  const lake = async () => (await groupOf(served, 'lake.jpg')).folder;
  assert.ok((await lake()).endsWith('d'));
  const said = JSON.parse(await world.run('groups', '--json')).groups.find((group) => group.keeper.endsWith('lake.jpg'));
  assert.ok(said.keeper.endsWith('d/lake.jpg'), `the command line agrees: ${said.keeper}`);
  await page.reload();
  await settled(page);
  await page.getByText('You chose these here.').waitFor();
  assert.match(await page.getByRole('listitem').filter({ has: page.getByRole('button', { name: /^Move .* down$/ }) }).first().textContent(), /path:\*\*\/d\/\*\*/);
  await served.stop();
  const again = await world.start();
  assert.ok((await groupOf(again, 'lake.jpg')).folder.endsWith('d'), 'and after a restart');
  const later = await world.open('/rules');
  assert.equal(await decide(later, 'u'), 200);
  await later.getByText('These are the usual ones.').waitFor();
  assert.ok((await groupOf(again, 'lake.jpg')).folder.endsWith('c'));
  assert.deepEqual(await world.groups(), before);
});
