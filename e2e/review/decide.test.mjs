// Decisions by keyboard, and that they last: reload, restart, another terminal, undo and redo.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { World, decide, settled, shown, until, visit } from './world.mjs';

/** The keys of ten groups, in turn; the last of each leads on to the next group. */
const TEN = [['Enter'], [' ', 'Enter'], ['n', 'Enter'], ['k', 'Enter'], ['l', ' ', 'Enter'], ['2', 'Enter'], ['Enter'], ['2', '1', 'Enter'], [' ', ' ', 'Enter'], ['m', 'Enter']];
const MOVES = ['l', 'h', 's', 'j'];
const hasFocus = (page) => page.evaluate(() => document.activeElement !== document.body && document.activeElement.checkVisibility());

/** Undoes, by key, as long as there is something to undo. */
async function everything(page, key, way) {
  let times = 0;
  while (await page.locator(`#${way}`).isEnabled()) {
    assert.equal(await decide(page, key), 200);
    assert.ok((times += 1) < 100);
  }
  return times;
}

test('ten groups are decided by keyboard alone, outlast reload and restart, and are undone and redone by keyboard', { timeout: 120_000 }, async (t) => {
  const world = World.demo(t);
  const served = await world.start();
  const page = await world.open('/');
  const before = await served.list();
  const said = await world.groups();
  const progress = (await served.get('overview')).progress;
  assert.equal(progress.decided, 0);

  await page.keyboard.press('g');
  await page.waitForURL(/\/groups\?state=open$/);
  await settled(page);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/groups\/\d+/);
  await settled(page);
  const seen = [];
  for (const keys of TEN) {
    const { group } = await shown(page);
    seen.push(group);
    for (const key of keys) {
      if (MOVES.includes(key)) await page.keyboard.press(key);
      else assert.equal(await decide(page, key), 200, `${key} on group ${group}`);
      assert.ok(await hasFocus(page), `the focus is somewhere after ${key}`);
    }
  }
  assert.equal(new Set(seen).size, 10, 'ten different groups');
  const after = await served.list();
  const done = await served.get('overview');
  assert.equal(done.progress.decided, 10);
  assert.ok((await world.groups()).join() !== said.join());

  await page.reload();
  await settled(page);
  assert.deepEqual(await served.list(), after);
  await served.stop();
  const again = await world.start();
  assert.deepEqual(await again.list(), after, 'the same after a restart');
  assert.deepEqual((await again.get('overview')).progress, done.progress);

  const later = await world.open('/groups?state=');
  const changes = await everything(later, 'u', 'undo');
  assert.ok(changes >= 10, `${changes} changes`);
  assert.deepEqual(await again.list(), before, 'all as before');
  assert.deepEqual(await world.groups(), said);
  assert.equal(await everything(later, 'Shift+U', 'redo'), changes);
  assert.deepEqual(await again.list(), after, 'all as decided');
});

test('the key s skips a group without deciding, j and Shift+J go along, and the place is told', async (t) => {
  const world = World.demo(t);
  const served = await world.start();
  const before = await served.list();
  const { groups, total } = await served.get('groups?state=open');
  const page = await world.open(`/groups/${groups[0].id}?state=open`);
  const at = async (place) => until(`group ${place}`, async () => {
    await settled(page);
    return (await shown(page)).group === String(groups[place].id) && (await page.getByRole('heading', { level: 1 }).textContent()).includes(`${place + 1} of ${total}`);
  });
  await at(0);
  for (const [key, place] of [['s', 1], ['j', 2], ['Shift+J', 1], ['ArrowDown', 2], ['ArrowUp', 1]]) {
    await page.keyboard.press(key);
    await at(place);
  }
  await page.goBack();
  await at(2);
  assert.deepEqual(await served.list(), before);
});

test('keys pressed faster than the server answers are meant for the group that was seen, and none for those behind it', async (t) => {
  const world = World.demo(t);
  const served = await world.start();
  const { groups } = await served.get('groups?state=open');
  const page = await world.open(`/groups/${groups[0].id}?state=open`);
  let answer;
  const pressed = new Promise((done) => { answer = done; });
  await page.route(/\/decide$/, async (route) => { await pressed; await route.continue(); });
  for (const key of ['k', 'Enter', 'Enter', 'Enter', 'n', 's']) await page.keyboard.press(key);
  answer();
  await until('a decided group', async () => (await served.get('overview')).progress.decided === 1);
  await settled(page);
  assert.equal((await shown(page)).group, String(groups[1].id));
  assert.equal((await served.get(`groups/${groups[0].id}`)).state, 'decided');
  assert.equal((await served.get('history')).undo.kind, 'accept', 'the key k came before');
  assert.equal((await served.get('overview')).progress.decided, 1);
});

test('a key held down and a double click decide once', async (t) => {
  const world = World.demo(t);
  const served = await world.start();
  const { groups } = await served.get('groups?state=open');
  const page = await world.open(`/groups/${groups[0].id}?state=open`);
  const decided = async () => (await served.get('overview')).progress.decided;
  const held = async (key) => {
    for (let times = 0; times < 20; times += 1) { await page.keyboard.down(key); await settled(page); }
    await page.keyboard.up(key);
  };
  await held('Enter');
  assert.equal(await decided(), 1, 'Enter');
  await page.locator('#accept').focus();
  await held('Enter');
  assert.equal(await decided(), 2, 'Enter on the button');
  await page.locator('#accept').click({ clickCount: 3, delay: 100 });
  await settled(page);
  assert.equal(await decided(), 3, 'three clicks');
  await held('u');
  assert.equal(await decided(), 2, 'undo');
});

test('a group is accepted only after its pictures came', async (t) => {
  const world = World.demo(t);
  const served = await world.start();
  const { groups } = await served.get('groups?state=open');
  let come;
  const seen = new Promise((done) => { come = done; });
  const page = await world.open('/');
  let asked = 0;
  await page.route(/\/pictures\/\d+\/large/, async (route) => { asked += 1; await seen; await route.continue(); });
  await page.goto(new URL(`/groups/${groups[0].id}?state=open`, served.url).href);
  await until('pictures asked for', () => asked >= 2);
  await page.keyboard.press('Enter');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  assert.equal((await served.get('overview')).progress.decided, 0);
  come();
  await until('a decided group', async () => (await served.get('overview')).progress.decided === 1);
});

test('a removal that cannot be is refused with its reason, and nothing is kept of it', async (t) => {
  const world = new World(t);
  world.draw('ref/one.jpg picture=3 size=1200x900\nref/copy.jpg same=ref/one.jpg\nown/one.jpg same=ref/one.jpg\n');
  await world.run('scan', '--reference', path.join(world.photos, 'ref'), path.join(world.photos, 'own'));
  const served = await world.start();
  const [group] = (await served.get('groups?state=')).groups;
  const members = (await served.get(`groups/${group.id}`)).all;
  const place = members.findIndex((member) => member.bound);
  assert.ok(place > 0, 'a member of a reference is bound');
  const before = await served.list();
  const page = await world.open(`/groups/${group.id}?state=`);
  assert.notEqual(await decide(page, String(place + 1)), 200);
  await page.getByRole('alert').getByText('cannot be removed').waitFor();
  await page.getByRole('article').getByText('Cannot be removed:').and(page.locator(':visible')).first().waitFor();
  assert.deepEqual(await served.list(), before);
});

test('a whole filter is accepted as its preview says, and one undo takes it all back', async (t) => {
  const world = World.demo(t);
  const served = await world.start();
  const page = await world.open('/groups?state=open');
  const before = await served.list();
  const removals = (groups) => groups.flatMap((group) => group.members.filter((member) => member.decided && member.verdict === 'remove'));
  assert.equal(removals(before).length, 0);
  await page.getByRole('button', { name: 'Accept many…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Accept many at once' });
  const accept = dialog.getByRole('button', { name: /^Accept/ });
  assert.ok(await accept.isDisabled(), 'nothing is chosen at first');
  await dialog.getByLabel('Re-encoded').check();
  await dialog.getByLabel('Thumbnail').check();
  const words = dialog.getByText(/photos in \d+ groups may go/);
  await words.waitFor();
  await settled(page);
  const [, photos, groups] = /(\d+) photos in (\d+) groups/.exec(await words.textContent());
  assert.match(await accept.textContent(), new RegExp(`\\b${photos} may go`));
  await accept.click();
  await dialog.waitFor({ state: 'detached' });
  await settled(page);
  await page.getByRole('status').getByText(`${photos} photos decided`).waitFor();
  const after = await served.list();
  const gone = removals(after);
  assert.equal(gone.length, Number(photos));
  assert.deepEqual(new Set(gone.map((member) => member.relation)), new Set(['re-encoded', 'thumbnail']));
  assert.equal(after.filter((group) => removals([group]).length).length, Number(groups));
  await visit(page, page.url());
  assert.deepEqual(await served.list(), after);
  assert.equal(await decide(page, 'u'), 200);
  assert.deepEqual(await served.list(), before);
});
