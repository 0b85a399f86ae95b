import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAR_PER_KM, IDLE_SHARE, MEMORY_POWER_PER_GB, MEMORY_POWER_PER_MODULE, PUE } from '../../src/data/constants';
import { GRID_SOURCE, alpha3, genericGrid, gridFor, guessRegion, guessedGrid } from '../../src/data/grids';
import { ZONES_SOURCE, zonesByCountry } from '../../src/data/zones';

// Values: Ember by way of co2.js 0.19.0, data/output/average-intensities.json.
const grids: readonly [code: string, region: string | undefined, grams?: number | undefined, year?: number][] = [
  ['DE', 'DEU', 342.06, 2024],
  ['fra', 'FRA', 44.18, 2024],
  ['CN', 'CHN', 557.5, 2024],
  ['UA', 'UKR', undefined, 2022],
  ['IS', 'ISL', 28.33, 2023],
  ['WORLD', 'WORLD', 472.94, 2024],
  ['XK', 'XKX', 958.72],
  ['CF', undefined], // published as 0: unknown, not free
  ['MC', undefined], // Ember publishes nothing
  ['ZZ', undefined],
  ['', undefined],
  ['G20', undefined],
  ['toString', undefined],
];

for (const [code, region, grams, year] of grids) {
  test(`grid of "${code}" is ${region ?? 'unknown'}`, () => {
    const grid = gridFor(code);
    assert.equal(grid?.region, region);
    if (grams !== undefined) assert.equal(grid?.intensity.value, grams);
    if (year !== undefined) assert.equal(grid?.year, year);
    if (grid !== undefined) {
      assert.equal(grid.intensity.basis, 'modelled');
      assert.ok(grid.intensity.low < grid.intensity.value && grid.intensity.value < grid.intensity.high);
    }
  });
}

const zones: readonly [zone: string, country: string | undefined][] = [
  ['Europe/Berlin', 'DE'],
  ['Europe/Oslo', 'NO'],
  ['America/New_York', 'US'],
  ['America/Indiana/Knox', 'US'],
  ['America/Argentina/Ushuaia', 'AR'],
  ['Asia/Shanghai', 'CN'],
  ['Asia/Chongqing', 'CN'],
  ['Asia/Calcutta', 'IN'],
  ['Asia/Kolkata', 'IN'],
  ['Asia/Saigon', 'VN'],
  ['Europe/Kiev', 'UA'],
  ['Europe/Kyiv', 'UA'],
  ['US/Pacific', 'US'],
  ['PRC', 'CN'],
  ['Japan', 'JP'],
  ['UTC', undefined],
  ['Etc/UTC', undefined],
  ['Etc/GMT+8', undefined],
  ['GMT', undefined],
  ['CET', undefined],
  ['EST', undefined],
  ['EST5EDT', undefined],
  ['Mars/Olympus', undefined],
  ['', undefined],
];

for (const [zone, country] of zones) {
  test(`time zone "${zone}" suggests ${country ?? 'nothing'}`, () => assert.equal(guessRegion(zone), country));
}

test('every zone that this runtime knows has a country, or names no place', () => {
  const missing = Intl.supportedValuesOf('timeZone').filter(zone => guessRegion(zone) === undefined);
  assert.deepEqual(
    missing.filter(zone => zone.includes('/') && !zone.startsWith('Etc/')),
    [],
  );
});

test('no zone is claimed twice and every country has an alpha-3 code', () => {
  const all = Object.values(zonesByCountry).flatMap(names => names.split(' '));
  assert.equal(new Set(all).size, all.length);
  assert.deepEqual(
    Object.keys(zonesByCountry).filter(country => alpha3(country) === undefined),
    [],
  );
});

test('a guess is assumed, and a zone without a country gives the world with a range that holds every country', () => {
  assert.equal(guessedGrid('Europe/Paris').region, 'FRA');
  assert.equal(guessedGrid('Europe/Paris').intensity.basis, 'assumed');
  const world = guessedGrid('Etc/UTC');
  assert.equal(world.region, 'WORLD');
  assert.equal(world.intensity.basis, 'assumed');
  for (const code of ['NO', 'CH', 'PL', 'IN', 'ZA']) {
    const { value } = gridFor(code)!.intensity;
    assert.ok(genericGrid().intensity.low <= value && value <= genericGrid().intensity.high, code);
  }
});

test('every constant and table names its source and a day that has passed', () => {
  const today = new Date().toISOString().slice(0, 10);
  const all = [
    ...Object.values(PUE),
    MEMORY_POWER_PER_GB,
    MEMORY_POWER_PER_MODULE,
    IDLE_SHARE,
    CAR_PER_KM,
    GRID_SOURCE,
    ZONES_SOURCE,
  ];
  for (const { source, read } of all) {
    assert.ok(source.length > 8, source);
    assert.match(read, /^\d{4}-\d\d-\d\d$/);
    assert.ok(read <= today, source);
  }
});
