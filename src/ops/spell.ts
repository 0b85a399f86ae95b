/** Short ways to write down the names under which PyTorch offers one function. */
import type { TorchSpelling } from './op';

const PLACES = { torch: 'torch', Tensor: 'torch.Tensor', F: 'torch.nn.functional', special: 'torch.special' } as const;

/** `spell('torch Tensor F', 'relu', 'input: Tensor')`: one spelling under several qualified names. */
export function spell(places: string, names: string, spelling: TorchSpelling): Record<string, TorchSpelling> {
  const prefixes = places.split(' ').map(place => (place in PLACES ? PLACES[place as keyof typeof PLACES] : place));
  return Object.fromEntries(
    names.split(' ').flatMap(name => prefixes.map(prefix => [`${prefix}.${name}`, spelling] as const)),
  );
}
