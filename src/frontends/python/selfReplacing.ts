/** Modules that put an object in their own place, which imports on demand. */
import type { Expression, If } from './ast';

/**
 * `if TYPE_CHECKING: from .a import *` with `sys.modules[__name__] = …` otherwise: the module becomes an object that
 * imports on demand what the first branch says.
 */
export function replacesItself({ test, otherwise }: If): boolean {
  const name = test.kind === 'name' ? test.id : test.kind === 'attribute' ? test.name : '';
  return name === 'TYPE_CHECKING' && otherwise.some(one => one.kind === 'assign' && one.targets.some(isOwnEntry));
}

const isOwnEntry = (target: Expression): boolean =>
  target.kind === 'subscript' && target.object.kind === 'attribute' && target.object.name === 'modules' && target.index.kind === 'name' && target.index.id === '__name__'; // prettier-ignore
