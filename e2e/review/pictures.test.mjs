// Pictures: the reason in place of one that is gone, parts of originals, and what the browser may keep.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { World, groupOf, settled, visit } from './world.mjs';

const TREE = `
a/one.jpg    picture=3 size=1200x900 jpeg=92
a/small.jpg  picture=3 size=1200x900 fit=400 jpeg=85
b/two.jpg    picture=5 size=1200x900 jpeg=92
b/copy.jpg   same=b/two.jpg
`;

test('a file that changed since the scan says why in place of its picture, one that is gone shows what the catalog keeps, and says so', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start();
  const page = await world.open();
  const pane = (side) => page.locator(`#stage [data-side=${side}]`);
  const group = await groupOf(served, 'small.jpg');
  const why = async () => {
    const { status, text } = await served.ask('GET', `/pictures/${group.member}/original`);
    assert.equal(status, 404);
    assert.ok(!text.includes(world.photos), 'no path is told');
    return JSON.parse(text).why;
  };
  const look = () => visit(page, new URL(`/groups/${group.id}?state=`, served.url).href);
  fs.appendFileSync(path.join(world.photos, 'a/small.jpg'), 'more');
  await look();
  await pane('member').getByText(`No picture: ${await why()}`).waitFor();
  assert.equal(await pane('member').locator('img').count(), 0);
  await pane('keeper').locator('img').waitFor();

  fs.rmSync(path.join(world.photos, 'a/small.jpg'));
  await look();
  await pane('member').locator('img').waitFor();
  await pane('member').getByText('Small stored picture only').waitFor();
  assert.ok((await why()).length > 10);
});

test('an original comes whole or in parts, byte for byte', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start();
  const bytes = fs.readFileSync(path.join(world.photos, 'b/two.jpg'));
  const group = await groupOf(served, 'two.jpg');
  const address = `/pictures/${group.member}/original`;
  const ask = (range) => served.ask('GET', address, range ? { range } : {});
  const whole = await ask();
  assert.equal(whole.status, 200);
  assert.ok(whole.body.equals(bytes));
  assert.equal(whole.headers['content-type'], 'image/jpeg');
  assert.equal(whole.headers['accept-ranges'], 'bytes');
  const length = bytes.length;
  for (const [range, from, until] of [['bytes=0-0', 0, 1], ['bytes=100-299', 100, 300], [`bytes=${length - 7}-`, length - 7, length], ['bytes=-5', length - 5, length], [`bytes=10-${length * 2}`, 10, length]]) {
    const part = await ask(range);
    assert.equal(part.status, 206, range);
    assert.equal(part.headers['content-range'], `bytes ${from}-${until - 1}/${length}`);
    assert.equal(part.headers['content-length'], String(until - from));
    assert.ok(part.body.equals(bytes.subarray(from, until)), range);
  }
  const beyond = await ask(`bytes=${length}-`);
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers['content-range'], `bytes */${length}`);
  const head = await served.ask('HEAD', address);
  assert.equal(head.status, 200);
  assert.equal(head.body.length, 0);
  const known = await served.ask('GET', address, { 'if-none-match': whole.headers.etag });
  assert.equal(known.status, 304);
});

test('small pictures stay in the browser and on disk, so that they come once', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start();
  const page = await world.open('/groups?state=open');
  const pictures = async () => page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('/small')).map(({ transferSize }) => transferSize));
  const group = await groupOf(served, 'one.jpg');
  const first = await served.ask('GET', `/pictures/${group.member}/small?v=${group.members.find(({ name }) => name === 'one.jpg').picture}`);
  assert.match(first.headers['cache-control'], /max-age=\d{6,}/);
  assert.ok(!/public/.test(first.headers['cache-control']));
  assert.ok((await pictures()).length >= 4);
  await page.locator('a[data-group]').first().click();
  await page.waitForURL(/\/groups\/\d+/);
  await settled(page);
  await page.goBack();
  await settled(page);
  await page.reload();
  await settled(page);
  assert.ok((await pictures()).length >= 4);
  assert.equal(Math.max(...(await pictures())), 0, 'none came over the wire again');
  const kept = fs.readdirSync(world.folder, { recursive: true }).filter((name) => name.startsWith('cache') && fs.statSync(path.join(world.folder, name)).isFile());
  assert.ok(kept.length >= 3, `${kept.length} files are kept`);
  await served.stop();
  const again = await world.start();
  const { status, body } = await again.ask('GET', `/pictures/${(await groupOf(again, 'two.jpg')).member}/small?v=1`);
  assert.equal(status, 200);
  assert.deepEqual([...body.subarray(0, 2)], [0xff, 0xd8]);
});
