// The difference of two pictures: both drawn to the keeper's grid, the second turned onto the first, the distance of each pixel made brighter.

/** Longest side of the grid. Pixels: what a large thumbnail has. */
const SIDE_MAX = 1024;

/** Draws the second picture so that it lies upon the first. @param {CanvasRenderingContext2D} context */
function drawTurned(context, image, width, height, turns, mirror) {
  context.save();
  context.translate(width / 2, height / 2);
  if (mirror) context.scale(-1, 1);
  context.rotate((turns * Math.PI) / 2);
  const [across, down] = turns % 2 ? [height, width] : [width, height];
  context.drawImage(image, -across / 2, -down / 2, across, down);
  context.restore();
}

/**
 * Draws the difference.
 * @param {HTMLCanvasElement} canvas @param {HTMLImageElement} keeper @param {HTMLImageElement} member
 * @param {{turns: number, mirror: boolean, gain: number}} options
 * @returns {{share: number, levels: number}} the share of pixels that differ by more than so many of 255 levels: those that show at half brightness or more
 */
export function difference(canvas, keeper, member, { turns, mirror, gain }) {
  const shrink = Math.min(1, SIDE_MAX / Math.max(keeper.naturalWidth, keeper.naturalHeight));
  const [width, height] = [keeper.naturalWidth, keeper.naturalHeight].map((side) => Math.max(1, Math.round(side * shrink)));
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(keeper, 0, 0, width, height);
  const first = context.getImageData(0, 0, width, height);
  context.clearRect(0, 0, width, height);
  drawTurned(context, member, width, height, turns, mirror);
  const second = context.getImageData(0, 0, width, height).data;
  const levels = Math.floor(128 / gain);
  let differing = 0;
  for (let at = 0; at < second.length; at += 4) {
    let most = 0;
    for (let channel = at; channel < at + 3; channel += 1) {
      const apart = Math.abs(first.data[channel] - second[channel]);
      if (apart > most) most = apart;
      first.data[channel] = apart * gain;
    }
    first.data[at + 3] = 255;
    if (most > levels) differing += 1;
  }
  context.putImageData(first, 0, 0);
  return { share: differing / (width * height), levels };
}
