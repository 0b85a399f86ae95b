/** The part of the untyped package that is used. */
declare module '@tgwf/co2/data' {
  /** Grams of CO2e per kWh by ISO 3166-1 alpha-3 code, and by a few regions (`WORLD`, `EUROPE`, …). */
  export const averageIntensity: { readonly type: 'average'; readonly data: Readonly<Record<string, number>> };
}
