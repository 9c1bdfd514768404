// The ways to compare: what lies upon what, where two pictures differ, and one zoom for both.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World, compare, groupOf, pictured, until } from './world.mjs';

const TREE = `
same/one.jpg         picture=3 size=1600x1200 jpeg=92
same/one-copy.jpg    same=same/one.jpg
near/two.jpg         picture=5 size=1600x1200 jpeg=92
near/two-again.jpg   picture=5 size=1600x1200 jpeg=70
edit/three.jpg       picture=7 size=1600x1200 jpeg=92
edit/three-says.jpg  picture=7 size=1600x1200 caption="LATER THAT DAY" jpeg=90
turn/four.jpg        picture=9 size=1600x1200 jpeg=92
turn/four-turned.jpg picture=9 size=1600x1200 turn=90 jpeg=90
tag/five.jpg         picture=11 size=1600x1200 jpeg=92
tag/five-turned.jpg  picture=11 size=1600x1200 turn=90 caption="LATER THAT DAY" jpeg=90
tag/six.jpg          picture=13 size=1600x1200 jpeg=92
tag/six-mirror.jpg   picture=13 size=1600x1200 turn=mirror jpeg=90
wide/seven.jpg       picture=15 size=2400x1000 jpeg=90
wide/seven-small.jpg picture=15 size=2400x1000 fit=500 jpeg=85
`;
const WITH = ['--with', 'edited,look-alike'];

/** Opens the group of a file, with that file beside the keeper. */
async function beside(page, served, name) {
  const group = await groupOf(served, name);
  await page.goto(new URL(`/groups/${group.id}?state=`, served.url).href);
  await page.locator(`[role=option][data-asset="${group.member}"]`).click();
  await pictured(page);
  return group;
}

/** Brightness (0 to 255, the mean of the brightest channels) of parts of the difference: a grid of so many columns and rows. */
async function brightness(page, columns = 1, rows = 1) {
  await compare(page, 'difference');
  await page.getByText(/of the pixels differ/).waitFor();
  return page.evaluate(([columns, rows]) => {
    const canvas = document.querySelector('#stage canvas');
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    const sums = Array.from({ length: rows }, () => new Array(columns).fill(0));
    const counts = Array.from({ length: rows }, () => new Array(columns).fill(0));
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const at = (y * width + x) * 4;
        const [row, column] = [Math.floor((y * rows) / height), Math.floor((x * columns) / width)];
        sums[row][column] += Math.max(data[at], data[at + 1], data[at + 2]);
        counts[row][column] += 1;
      }
    }
    return { width, height, parts: sums.map((line, row) => line.map((sum, column) => sum / counts[row][column])) };
  }, [columns, rows]);
}
const gain = (page, value) => page.getByRole('slider', { name: 'Gain' }).fill(String(value));
const all = ({ parts }) => parts.flat();

test('the difference is dark for equals and near copies, and bright only where an edited picture differs', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start(...WITH);
  const page = await world.open();

  await t.test('identical files: black', async () => {
    await beside(page, served, 'one-copy.jpg');
    assert.equal(Math.max(...all(await brightness(page, 8, 8))), 0);
    await page.getByText(/^0 ?% of the pixels differ/).waitFor();
  });
  await t.test('the same picture coded anew: almost black', async () => {
    await beside(page, served, 'two-again.jpg');
    await compare(page, 'difference');
    await gain(page, 1);
    const parts = all(await brightness(page, 8, 8));
    assert.ok(Math.max(...parts) < 8, `mean levels of ${Math.max(...parts)}`);
    assert.ok(Math.max(...parts) > 0, 'but not quite');
  });
  await t.test('a caption written over the foot: bright there, dark elsewhere', async () => {
    await beside(page, served, 'three-says.jpg');
    await gain(page, 8);
    const { parts } = await brightness(page, 1, 10);
    const [foot, rest] = [parts.at(-1)[0], parts.slice(0, 8).flat()];
    assert.ok(foot > 120, `the foot has ${foot}`);
    assert.ok(Math.max(...rest) < foot / 4, `the rest has ${rest}`);
  });
  await t.test('a turned copy is laid upon its keeper: dark', async () => {
    await beside(page, served, 'four-turned.jpg');
    await gain(page, 1);
    const seen = await brightness(page, 8, 8);
    assert.ok(Math.max(...all(seen)) < 8, `mean levels of ${Math.max(...all(seen))}`);
    assert.equal(seen.width > seen.height, (await page.locator('#stage [data-side=keeper] img').evaluate((image) => image.naturalWidth > image.naturalHeight)), 'in the keeper\'s shape');
  });
  await t.test('a mirrored copy is laid upon its keeper: dark', async () => {
    await beside(page, served, 'six-mirror.jpg');
    await gain(page, 1);
    const parts = all(await brightness(page, 8, 8));
    assert.ok(Math.max(...parts) < 8, `mean levels of ${Math.max(...parts)}`);
  });
  await t.test('a turned copy with a caption: bright only where the caption lies on the keeper', async () => {
    const group = await beside(page, served, 'five-turned.jpg');
    await gain(page, 8);
    // Whichever of the two is the keeper: seen from the upright one the foot of the turned one is at the right, seen from the turned one below.
    const isTurned = group.members[0].name === 'five-turned.jpg';
    const { parts } = isTurned ? await brightness(page, 1, 10) : await brightness(page, 10, 1);
    const line = parts.flat();
    assert.ok(line.at(-1) > 120, `there it has ${line}`);
    assert.ok(Math.max(...line.slice(0, 8)) < line.at(-1) / 4, `all have ${line}`);
  });
  await t.test('more gain is brighter', async () => {
    await beside(page, served, 'two-again.jpg');
    await gain(page, 2);
    const [less] = all(await brightness(page));
    await gain(page, 16);
    const [more] = all(await brightness(page));
    assert.ok(more > less * 3, `${less} at 2, ${more} at 16`);
  });
});

/** How both pictures stand in the page: the box of each, in CSS pixels, and what of it is seen. */
const placed = (page) => page.evaluate(() => Object.fromEntries([...document.querySelectorAll('#stage [data-side]')].map((pane) => {
  const image = pane.querySelector('img');
  const view = image.parentElement.parentElement.getBoundingClientRect();
  const box = image.getBoundingClientRect();
  const style = getComputedStyle(pane);
  return [pane.dataset.side, {
    width: box.width, height: box.height,
    // The point of the picture in the middle of its view, as shares of its sides.
    x: (view.left + view.width / 2 - box.left) / box.width, y: (view.top + view.height / 2 - box.top) / box.height,
    opacity: Number(getComputedStyle(image.parentElement).opacity), clip: style.clipPath, isSeen: style.visibility === 'visible', left: box.left, top: box.top,
    natural: image.naturalWidth,
  }];
})));
const near = (a, b, most = 0.01) => Math.abs(a - b) <= most;

test('both pictures share one zoom and one centre, by keys, buttons, wheel and drag', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start(...WITH);
  const page = await world.open();
  await beside(page, served, 'seven-small.jpg');
  const together = async (what) => {
    const { keeper, member } = await placed(page);
    assert.ok(near(keeper.width / member.width, 1) && near(keeper.height / member.height, 1), `${what}: the same scale ${JSON.stringify({ keeper, member })}`);
    assert.ok(near(keeper.x, member.x) && near(keeper.y, member.y), `${what}: the same centre ${JSON.stringify({ keeper, member })}`);
    return keeper;
  };
  const fit = await together('at first');
  await page.keyboard.press('z');
  const one = await together('one to one');
  assert.ok(near(one.width, 2400, 1), `a pixel of the keeper is one of the screen: ${one.width}`);
  await page.getByRole('button', { name: '1 : 1' }).and(page.locator('[aria-pressed=true]')).waitFor();
  await page.getByText('100 %').first().waitFor();
  await page.keyboard.press('z');
  assert.ok(near((await together('fitted')).width, fit.width, 1));
  await page.keyboard.press('+');
  const nearer = await together('nearer');
  assert.ok(nearer.width > fit.width * 1.4);
  const view = await page.locator('#stage [data-side=member]').boundingBox();
  await page.mouse.move(view.x + view.width * 0.7, view.y + view.height / 2);
  await page.mouse.down();
  await page.mouse.move(view.x + view.width * 0.6, view.y + view.height / 2, { steps: 4 });
  await page.mouse.up();
  const dragged = await together('dragged');
  assert.ok(dragged.x > nearer.x + 0.02, 'a drag to the left shows more of the right');
  await page.mouse.wheel(0, -300);
  assert.ok((await together('by wheel')).width > dragged.width * 1.2);
  await page.keyboard.press('0');
  assert.ok(near((await together('fitted by key')).x, 0.5));
});

test('one to one means device pixels on a fine screen too', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start(...WITH);
  const page = await world.open('/', { deviceScaleFactor: 2 });
  await beside(page, served, 'one-copy.jpg');
  await page.keyboard.press('z');
  assert.ok(near((await placed(page)).keeper.width, 800, 1), '1600 pixels on 800 CSS pixels of two device pixels');
  await until('the full picture', async () => (await placed(page)).keeper.natural === 1600);
});

test('side by side, overlay, swipe and flicker show what they say', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start(...WITH);
  const page = await world.open();
  await beside(page, served, 'three-says.jpg');
  const side = await placed(page);
  assert.ok(side.member.left > side.keeper.left + side.keeper.width / 2, 'beside each other');
  const upon = async () => {
    const { keeper, member } = await placed(page);
    assert.ok(near(keeper.left, member.left, 1) && near(keeper.top, member.top, 1) && near(keeper.width, member.width, 1), 'upon each other');
    return member;
  };
  await page.keyboard.press('c');
  assert.ok(await page.getByRole('radio', { name: 'Overlay' }).isChecked());
  await page.getByRole('slider', { name: 'Opacity' }).fill('30');
  assert.equal((await upon()).opacity, 0.3);
  await compare(page, 'swipe');
  await page.getByRole('slider', { name: 'Divider' }).fill('25');
  const swiped = await upon();
  assert.equal(swiped.opacity, 1);
  assert.equal(swiped.clip, 'inset(0px 0px 0px 25%)');
  await compare(page, 'flicker');
  await page.getByRole('slider', { name: 'Speed' }).fill('3');
  await upon();
  for (const isSeen of [true, false, true]) await until(`a member ${isSeen ? 'seen' : 'hidden'}`, async () => (await placed(page)).member.isSeen === isSeen);
  await page.getByRole('button', { name: 'Flicker' }).click();
  assert.ok((await placed(page)).member.isSeen);
  // A turned copy lies upon its keeper.
  await beside(page, served, 'four-turned.jpg');
  await compare(page, 'overlay');
  await upon();
  await compare(page, 'side');
  const sides = await placed(page);
  assert.ok((sides.keeper.width > sides.keeper.height) !== (sides.member.width > sides.member.height), 'side by side each as it is');
});

test('with reduced motion nothing flickers by itself', async (t) => {
  const world = await World.tree(t, TREE);
  const served = await world.start(...WITH);
  const page = await world.open('/', { reducedMotion: 'reduce' });
  await beside(page, served, 'one-copy.jpg');
  await compare(page, 'flicker');
  const button = page.getByRole('button', { name: 'Flicker' });
  assert.equal(await button.getAttribute('aria-pressed'), 'false');
  const moving = await page.evaluate(async () => {
    const changes = [];
    const observer = new MutationObserver((list) => changes.push(...list));
    observer.observe(document.querySelector('#stage'), { attributes: true, subtree: true });
    await new Promise((resolve) => { setTimeout(resolve, 1200); });
    return changes.length;
  });
  assert.equal(moving, 0, 'two beats of the usual speed pass without a change');
  const animated = await page.evaluate(() => document.getAnimations().filter((animation) => animation.playState === 'running').length);
  assert.equal(animated, 0);
  await button.click();
  assert.equal(await button.getAttribute('aria-pressed'), 'true');
});
