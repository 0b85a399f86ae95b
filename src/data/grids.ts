/**
 * How much CO2e a kilowatt-hour causes, by country: yearly averages, generation mix, life cycle, location-based.
 * The values come with the co2.js package, which updates them by script from Ember's data; which country a machine
 * stands in is guessed from its time zone and said as a guess.
 */
import { averageIntensity } from '@tgwf/co2/data';
import type { Figure } from '../base/figure';
import { figure } from '../base/figure';
import type { GramsPerKWh } from '../base/units';
import { gramsPerKWh } from '../base/units';
import { zonesByCountry } from './zones';

export interface Grid {
  /** ISO 3166-1 alpha-3, or `WORLD`. */
  readonly region: string;
  readonly intensity: Figure<GramsPerKWh>;
  /** The year that the average is of. */
  readonly year: number;
  readonly source: string;
  readonly licence: string;
}

export const GRID_SOURCE = {
  source: 'Ember, yearly electricity data, as shipped with @tgwf/co2 0.19.0',
  licence: 'CC BY-SA 4.0, as the package states it',
  read: '2026-11-23',
} as const;

/**
 * The grid of a country by ISO code (alpha-2 or alpha-3, any case) or of the region `WORLD`; undefined where Ember
 * publishes nothing. A published 0 (Central African Republic) is a rounding of too little data, not a carbon-free grid.
 */
export function gridFor(code: string): Grid | undefined {
  const region = alpha3(code);
  const value = region === undefined ? undefined : intensities[region];
  if (region === undefined || value === undefined || value <= 0) return undefined;
  return {
    region,
    intensity: figure(
      gramsPerKWh(value),
      gramsPerKWh(value * SPREAD.low),
      gramsPerKWh(value * SPREAD.high),
      'modelled',
      `yearly average ${yearOf(region)} of ${region}, Ember`,
    ),
    year: yearOf(region),
    source: GRID_SOURCE.source,
    licence: GRID_SOURCE.licence,
  };
}

/** The country (alpha-2) that an IANA time zone lies in; undefined for UTC, offsets, abbreviations and unknown names. */
export function guessRegion(timeZone: string): string | undefined {
  return countryOfZone.get(timeZone);
}

/** Countries (alpha-2) with a known grid, sorted. */
export function gridCountries(): readonly string[] {
  return [...alpha3Of.keys()].filter(code => gridFor(code) !== undefined).sort();
}

/** For a machine that may stand anywhere: the world's average within the range of all countries. */
export function genericGrid(): Grid {
  const value = intensities['WORLD'] ?? WORLD_IN_2024;
  return {
    region: 'WORLD',
    intensity: figure(gramsPerKWh(value), gramsPerKWh(20), gramsPerKWh(1000), 'assumed', 'world average 2024, Ember'),
    year: 2024,
    source: GRID_SOURCE.source,
    licence: GRID_SOURCE.licence,
  };
}

/** The grid that a time zone suggests. A guess, so `assumed`; the world's grid where the zone names no country. */
export function guessedGrid(timeZone: string): Grid {
  const grid = gridFor(guessRegion(timeZone) ?? '');
  if (grid === undefined) return genericGrid();
  return { ...grid, intensity: { ...grid.intensity, basis: 'assumed' } };
}

/** `de` → `DEU`; undefined for what is neither an alpha-2 nor an alpha-3 code nor `WORLD`. */
export function alpha3(code: string): string | undefined {
  const upper = code.trim().toUpperCase();
  if (upper === 'WORLD') return upper;
  return alpha3Of.get(upper) ?? (knownAlpha3.has(upper) ? upper : undefined);
}

/*
 * Two publishers' yearly averages of 2024 (Ember, Electricity Maps), compared for 195 countries, differ by a factor
 * between 0.59 and 1.35 in nine countries of ten. The hour and the place within a large country add to that.
 */
const SPREAD = { low: 0.6, high: 1.4 } as const;

const WORLD_IN_2024 = 472.94;

const intensities: Readonly<Record<string, number>> = averageIntensity.data;

/** Ember's newest year differs by country; the package leaves it out, its source (average-intensities.json) states it. */
const olderYears: Readonly<Record<number, string>> = {
  2022: 'ABW BHS CPV CAF TCD COK FLK FRO GUF PYF GRL GRD GLP GUM GNB HTI JAM JOR KIR LSO MAC MDG MWI MTQ MRT MSR NPL NCL PRK PSE REU KNA LCA SPM STP LKA SYR UGA UKR',
  2023: 'AFG ALB DZA ASM AGO ATG BHR BRB BLZ BEN BTN BWA BRN BFA BDI CMR CYM COM COG COD CIV CUB DJI DMA GNQ ERI SWZ ETH FJI GAB GMB GHA GTM GIN GUY HND HKG ISL IDN IRQ ISR LAO LBN LBR LBY MDV MLI MUS MOZ NAM NRU NIC NER PAN PNG PRY RWA VCT WSM SEN SYC SLE SLB SOM SSD SDN SUR TZA TGO TON TTO TKM TCA UZB VUT VEN VGB VIR YEM ZMB ZWE',
};

function yearOf(region: string): number {
  for (const [year, regions] of Object.entries(olderYears))
    if (regions.split(' ').includes(region)) return Number(year);
  return 2024;
}

const countryOfZone: ReadonlyMap<string, string> = new Map(
  Object.entries(zonesByCountry).flatMap(([country, zones]) =>
    zones.split(' ').map((zone): [string, string] => [zone, country]),
  ),
);

/** ISO 3166-1: alpha-2 and alpha-3 written together; XK for Kosovo is in common use though not assigned. */
const ISO_CODES =
  'ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE XKXKX';

const alpha3Of: ReadonlyMap<string, string> = new Map(
  ISO_CODES.split(' ').map((pair): [string, string] => [pair.slice(0, 2), pair.slice(2)]),
);

const knownAlpha3: ReadonlySet<string> = new Set(alpha3Of.values());
