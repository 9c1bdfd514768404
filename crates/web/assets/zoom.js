// Zoom and pan: one state for all pictures shown. Wheel, pinch, drag and buttons change it.

const SCALE_MAX = 64;
const WHEEL_STEP = 0.0015;

export class Zoom {
  scale = 1;
  x = 0;
  y = 0;
  /** Pointers that are down, by id. @type {Map<number, {x: number, y: number}>} */
  #pointers = new Map();

  /** @param {HTMLElement} stage @param {() => void} changed */
  constructor(stage, changed) {
    this.stage = stage;
    this.changed = changed;
    stage.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    stage.addEventListener('pointerdown', (event) => this.#down(event));
    stage.addEventListener('pointermove', (event) => this.#move(event));
    for (const name of ['pointerup', 'pointercancel']) stage.addEventListener(name, (event) => this.#pointers.delete(event.pointerId));
  }

  /** The part of the page that a picture is seen in, at that point. */
  #view(event) {
    const views = [...this.stage.querySelectorAll('.view')];
    const boxes = views.map((view) => view.getBoundingClientRect());
    return boxes.find((box) => event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom) ?? boxes[0];
  }

  /** Sets the scale, holding a point (from the middle of the view) where it is. @param {number} scale */
  to(scale, x = 0, y = 0) {
    const next = Math.min(Math.max(scale, 1), SCALE_MAX);
    const ratio = next / this.scale;
    [this.x, this.y, this.scale] = [x - (x - this.x) * ratio, y - (y - this.y) * ratio, next];
    this.#hold();
  }

  /** Fits the pictures again. */
  fit() {
    [this.scale, this.x, this.y] = [1, 0, 0];
    this.#hold();
  }

  #hold() {
    const box = this.stage.querySelector('.view').getBoundingClientRect();
    const hold = (value, size) => { const most = ((this.scale - 1) * size) / 2; return Math.min(Math.max(value, -most), most); };
    [this.x, this.y] = [hold(this.x, box.width), hold(this.y, box.height)];
    this.stage.classList.toggle('zoomed', this.scale > 1);
    this.changed();
  }

  #wheel(event) {
    event.preventDefault();
    const box = this.#view(event);
    const pixels = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
    this.to(this.scale * Math.exp(-pixels * WHEEL_STEP * (event.ctrlKey ? 6 : 1)), event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2);
  }

  #down(event) {
    if (event.button !== 0 || event.target.closest('button, video, a')) return;
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.stage.setPointerCapture(event.pointerId);
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    if (this.#pointers.size === 2) {
      const [other] = [...this.#pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      const apart = (point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
      const box = this.#view({ clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 });
      this.to((this.scale * apart(now)) / apart(before), (now.x + other.x) / 2 - box.left - box.width / 2, (now.y + other.y) / 2 - box.top - box.height / 2);
    } else {
      [this.x, this.y] = [this.x + now.x - before.x, this.y + now.y - before.y];
      this.#hold();
    }
    this.#pointers.set(event.pointerId, now);
  }
}
