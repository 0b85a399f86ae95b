/** The product y = a · b of two square matrices, as an ONNX file: small to carry, enough work to tell devices apart. */
export const PROBE_SIZE = 512;

/** A test compares it with the model that it stands for. */
export const PROBE_MODEL: Uint8Array = Buffer.from(
  'CAdCBAoAEA06aAoaCgFhCgFiEgF5Ggdwcm9kdWN0IgZNYXRNdWwSBXByb2JlWhUKAWESEAoOCAESCgoDCIAECgMIgARaFQoBYhIQCg4IARIKCgMIgAQKAwiABGIVCgF5EhAKDggBEgoKAwiABAoDCIAE',
  'base64',
);
