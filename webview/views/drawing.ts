/** The picture of the layers itself: blocks as SVG, each with a name for screen readers and a place for the keys. */
import type { ModelReport } from '../../src/report/view';
import { svg } from '../dom';
import { costsOf, type Measure, type Measured } from '../rows';
import type { Context } from '../state';
import { type Block, blocksOf, depthOf, place, type Placed, sum } from '../tree';
import { measureName } from './columns';

/** Widths: of the block in focus, of modules between, and of layers at least. */
const FOCUS_WIDTH = 22;
const MODULE_WIDTH = { least: 52, most: 150 };
const LAYER_WIDTH = 210;
const BASE_HEIGHT = 560;
const LABEL_HEIGHT = 15;
/** Lower blocks cannot be seen; what they contain is drawn by their parent's share. */
const LEAST_HEIGHT = 1.5;

export const zoomTo = ({ actions }: Context, { path, first }: Block): void => actions.choose({ zoom: { path, first } });

export class Drawing {
  readonly #costs: readonly (number | null)[];
  readonly #total: number;
  /** Of a single layer. */
  readonly #most: number;
  readonly #placed: readonly Placed[];
  readonly #elements = new Map<Placed, SVGElement>();

  constructor(
    readonly context: Context,
    readonly model: ModelReport,
    measured: Measured,
    readonly measure: Measure,
    readonly focus: Block,
    readonly scale: number,
  ) {
    this.#costs = costsOf(model, measure, measured);
    this.#total = sum(this.#costs, 0, model.layers.length);
    this.#most = this.#costs.reduce<number>((most, cost) => Math.max(most, cost ?? 0), 0);
    const height = BASE_HEIGHT * scale;
    this.#placed = place(focus, this.#costs).filter(placed => placed.height * height >= LEAST_HEIGHT);
  }

  draw(available: number): SVGElement {
    const columns = columnsFor(depthOf(this.focus), available - 2);
    const height = BASE_HEIGHT * this.scale;
    const { l10n } = this.context.words;
    return svg(
      'svg',
      {
        attributes: {
          role: 'tree',
          'aria-label': l10n.t('Modules by {0}', measureName(this.measure, this.context.words)),
          width: columns.at(-1) ?? available,
          height,
        },
      },
      ...this.#placed.map((placed, index) => this.#block(placed, columns, height, index === 0)),
    );
  }

  focusFirst(): void {
    const [first] = this.#placed;
    if (first) this.#elements.get(first)?.focus();
  }

  /** `columns` are the left edges by depth, and the right edge of all. */
  #block(placed: Placed, columns: readonly number[], height: number, isFirst: boolean): SVGElement {
    const { block, depth, top } = placed;
    const isLeaf = block.children.length === 0;
    const left = columns[depth] ?? 0;
    // A layer reaches to the right edge: there its name and output find room.
    const right = (isLeaf ? columns.at(-1) : columns[depth + 1]) ?? left;
    const box = { x: left, y: top * height, width: right - left, height: placed.height * height };
    const label = this.#label(block);
    const cost = sum(this.#costs, block.first, block.end);
    const share = this.#total > 0 ? cost / this.#total : 0;
    // Layers glow by their cost; modules only faintly, or the outermost would outshine everything.
    const heat = isLeaf ? cost / (this.#most || 1) : 0.25 * share;
    const group = svg(
      'g',
      {
        class: isLeaf ? 'block leaf' : 'block',
        attributes: {
          role: 'treeitem',
          'aria-level': depth + 1,
          'aria-label': label,
          tabindex: isFirst ? 0 : -1,
          transform: `translate(${box.x} ${box.y})`,
        },
        style: { '--heat': String(heat) },
      },
      svg('title', {}, label),
      svg('rect', { attributes: { width: Math.max(0, box.width - 1), height: Math.max(0.5, box.height - 1), rx: box.height > 6 ? 2 : 0 } }), // prettier-ignore
      ...this.#texts(block, box, share),
    );
    group.addEventListener('click', () => this.#enter(placed));
    group.addEventListener('keydown', event => this.#onKey(event, placed));
    this.#elements.set(placed, group);
    return group;
  }

  #texts(block: Block, box: { width: number; height: number }, share: number): SVGElement[] {
    if (box.height < LABEL_HEIGHT || box.width < MODULE_WIDTH.least - 1) return [];
    const y = Math.min(box.height / 2 + 4, 16);
    const { format } = this.context.words;
    const layer = block.children.length === 0 ? this.model.layers[block.first] : undefined;
    const percent = share > 0 ? format.percent(share) : '';
    const right = svg('text', { class: 'amount', attributes: { x: box.width - 8, y, 'text-anchor': 'end' } }, percent);
    const room = Math.floor((box.width - 16) / 6.6) - percent.length - 1;
    const name = layer ? `${block.name}  ${layer.op}  ${layer.outputs[0] ?? ''}` : block.name;
    return [svg('text', { attributes: { x: 6, y } }, shorten(name.trimEnd(), room)), right];
  }

  #label({ path, first, end, children }: Block): string {
    const { words } = this.context;
    const { l10n, format } = words;
    const cost = sum(this.#costs, first, end);
    const layer = children.length === 0 ? this.model.layers[first] : undefined;
    const name = layer?.path ?? (path === '' ? this.model.name : path);
    const amount = this.#amount(cost, this.#costs.slice(first, end).includes(null));
    const share = this.#total > 0 ? format.percent(cost / this.#total) : '';
    const what = layer ? `${layer.op} ${layer.outputs.join(' ')}` : l10n.t('{0} layers', format.exact(end - first));
    return [name, what, amount, share].filter(part => part !== '').join(', ');
  }

  /** A layer without a measured time was fused into another: only of counts something is missing then. */
  #amount(cost: number, isPart: boolean): string {
    if (isPart && cost === 0) return this.context.words.l10n.t('unknown');
    return isPart && this.measure !== 'measured' ? `≥ ${this.#write(cost)}` : this.#write(cost);
  }

  #write(value: number): string {
    const { format, l10n } = this.context.words;
    switch (this.measure) {
      case 'macs':
        return format.macs(value);
      case 'parameters':
        return l10n.t('{0} parameters', format.count(value));
      case 'bytes':
        return format.bytes(value);
      case 'modelled':
      case 'measured':
        return format.duration(value);
    }
  }

  /** Into a module; from the module that fills the picture, out again; a layer opens its source. */
  #enter({ block, depth, parent }: Placed): void {
    const layer = this.model.layers[block.first];
    if (block.children.length > 0 && depth > 0) zoomTo(this.context, block);
    else if (block.children.length > 0 && parent === undefined) this.#out();
    else if (layer) {
      const at = layer.callSite ?? (layer.line === null ? null : { file: layer.file, line: layer.line, column: 0 });
      if (at) this.context.actions.reveal(at);
    }
  }

  #out(): void {
    const root = blocksOf(this.model.layers, this.model.name);
    let above = root;
    for (let at: Block | undefined = root; at && !same(at, this.focus);) {
      above = at;
      at = at.children.find(child => this.focus.first >= child.first && this.focus.end <= child.end);
    }
    zoomTo(this.context, above);
  }

  #onKey(event: KeyboardEvent, placed: Placed): void {
    const target = this.#neighbour(event.key, placed);
    if (target) {
      this.#elements.get(placed)?.setAttribute('tabindex', '-1');
      const element = this.#elements.get(target);
      element?.setAttribute('tabindex', '0');
      element?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') this.#enter(placed);
    else if (event.key === 'Escape' || event.key === 'Backspace') this.#out();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #neighbour(key: string, placed: Placed): Placed | undefined {
    const index = this.#placed.indexOf(placed);
    const level = this.#placed.filter(({ depth }) => depth === placed.depth);
    const place = level.indexOf(placed);
    switch (key) {
      case 'ArrowRight':
        return this.#placed.slice(index + 1).find(({ parent }) => parent === placed);
      case 'ArrowLeft':
        return placed.parent;
      case 'ArrowDown':
        return level[place + 1];
      case 'ArrowUp':
        return level[place - 1];
      case 'Home':
        return this.#placed[0];
      default:
        return undefined;
    }
  }
}

function columnsFor(depth: number, available: number): readonly number[] {
  if (depth === 1) return [0, Math.max(available, LAYER_WIDTH)];
  const between = depth - 2;
  const room = between === 0 ? 0 : (available - FOCUS_WIDTH - LAYER_WIDTH) / between;
  const width = Math.min(MODULE_WIDTH.most, Math.max(MODULE_WIDTH.least, room));
  const edges = Array.from({ length: depth }, (_, level) => (level === 0 ? 0 : FOCUS_WIDTH + (level - 1) * width));
  return [...edges, Math.max(available, (edges.at(-1) ?? 0) + LAYER_WIDTH)];
}

const same = (a: Block, b: Block): boolean => a.path === b.path && a.first === b.first && a.end === b.end;

function shorten(name: string, room: number): string {
  if (name.length <= room) return name;
  return room < 3 ? '' : `${name.slice(0, room - 1)}…`;
}
