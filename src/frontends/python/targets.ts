/** Assignment: to names, attributes, items, and by unpacking. */
import { text } from '../../base/text';
import type { Expression } from './ast';
import { deleteAttribute, setAttribute } from './attributes';
import { evaluate } from './expressions';
import type { Frame, Interpreter } from './interpreter';
import { deleteItem, setItem } from './items';
import { itemsOf } from './iteration';
import { bindName, unbindName } from './names';
import type { Value } from './values';
import { PyAnything, PyList, Unknown } from './values';

type Bind = (name: string, value: Value) => void;

export function assign(interp: Interpreter, target: Expression, value: Value, frame: Frame, bind?: Bind): void {
  switch (target.kind) {
    case 'name':
      if (bind === undefined) bindName(target.id, value, frame);
      else bind(target.id, value);
      return;
    case 'attribute':
      setAttribute(interp, evaluate(interp, target.object, frame), target.name, value);
      return;
    case 'subscript': {
      const object = evaluate(interp, target.object, frame);
      const outer = frame.at;
      frame.at = target;
      setItem(interp, object, evaluate(interp, target.index, frame), value);
      frame.at = outer;
      return;
    }
    case 'tuple':
    case 'list':
      unpack(interp, target.items, value, frame, bind);
      return;
    case 'starred':
      assign(interp, target.value, value, frame, bind);
      return;
    default:
      interp.gap('syntax-error', text('the text could not be parsed here'));
  }
}

function unpack(
  interp: Interpreter,
  targets: readonly Expression[],
  value: Value,
  frame: Frame,
  bind: Bind | undefined,
): void {
  const items = value instanceof PyAnything ? value : itemsOf(interp, value);
  if (items instanceof Unknown || items instanceof PyAnything) {
    // Whatever it is, each part of it is unknown too.
    for (const target of targets) assign(interp, target, items, frame, bind);
    return;
  }
  const star = targets.findIndex(({ kind }) => kind === 'starred');
  const extra = items.length - targets.length;
  if (star < 0 ? extra !== 0 : extra < -1)
    interp.raise('ValueError', extra > 0 ? `too many values to unpack (expected ${targets.length})` : `not enough values to unpack (expected ${targets.length}, got ${items.length})`); // prettier-ignore
  targets.forEach((target, place) => {
    if (place === star) assign(interp, target, new PyList(items.slice(star, star + extra + 1)), frame, bind);
    else assign(interp, target, items[star >= 0 && place > star ? place + extra : place] ?? null, frame, bind);
  });
}

export function remove(interp: Interpreter, target: Expression, frame: Frame): void {
  switch (target.kind) {
    case 'name':
      unbindName(interp, target.id, frame);
      return;
    case 'attribute':
      deleteAttribute(interp, evaluate(interp, target.object, frame), target.name);
      return;
    case 'subscript':
      deleteItem(interp, evaluate(interp, target.object, frame), evaluate(interp, target.index, frame));
      return;
    case 'tuple':
    case 'list':
      for (const item of target.items) remove(interp, item, frame);
      return;
    default:
      interp.gap('syntax-error', text('the text could not be parsed here'));
  }
}
