// A headless Chromium for the tests, the tests in the extension host, and the screenshots.
import { ensureChromium } from './system.mjs';

const QUIET = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

/** Starts a browser that ends with this process. */
export async function startBrowser() {
  const executablePath = await ensureChromium();
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath, args: QUIET, handleSIGINT: true, handleSIGTERM: true });
}
