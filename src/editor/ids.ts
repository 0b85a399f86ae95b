/** Every identifier that package.json and the code share, declared once; a test compares the two. */

export const commands = {
  profileModel: 'modelwatt.profileModel',
  profileWithPyTorch: 'modelwatt.profileWithPyTorch',
  profileWithSizes: 'modelwatt.profileWithSizes',
  giveArguments: 'modelwatt.giveArguments',
  exportOnnx: 'modelwatt.exportOnnx',
  removeWeights: 'modelwatt.removeWeights',
  setUpCuda: 'modelwatt.setUpCuda',
  removeCuda: 'modelwatt.removeCuda',
  showReport: 'modelwatt.showReport',
  analyzeFile: 'modelwatt.analyzeFile',
  applySuggestion: 'modelwatt.applySuggestion',
  chooseRegion: 'modelwatt.chooseRegion',
  chooseDevice: 'modelwatt.chooseDevice',
  forgetDims: 'modelwatt.forgetDims',
  resetSession: 'modelwatt.resetSession',
  showMeter: 'modelwatt.showMeter',
  showLog: 'modelwatt.showLog',
  showHistory: 'modelwatt.showHistory',
  refreshHistory: 'modelwatt.refreshHistory',
  showRun: 'modelwatt.showRun',
  compareRuns: 'modelwatt.compareRuns',
  deleteRuns: 'modelwatt.deleteRuns',
  exportRuns: 'modelwatt.exportRuns',
  copyModelCard: 'modelwatt.copyModelCard',
  copyStatement: 'modelwatt.copyStatement',
} as const;

export const settings = {
  codeLens: 'modelwatt.codeLens.enabled',
  hover: 'modelwatt.hover.enabled',
  lineHints: 'modelwatt.lineHints.enabled',
  heatBar: 'modelwatt.heatBar.enabled',
  diagnostics: 'modelwatt.diagnostics.enabled',
  codeActions: 'modelwatt.codeActions.enabled',
  statusBar: 'modelwatt.statusBar.enabled',
  statusBarWarning: 'modelwatt.statusBar.warnAboveWatts',
  searchPath: 'modelwatt.searchPath',
  region: 'modelwatt.region',
  device: 'modelwatt.device',
  profileDevice: 'modelwatt.profile.device',
  profileSeconds: 'modelwatt.profile.seconds',
  python: 'modelwatt.python',
  torchBackward: 'modelwatt.profile.backward',
  weightCache: 'modelwatt.profile.weightCacheGB',
  runs: 'modelwatt.runs.enabled',
  runPatterns: 'modelwatt.runs.patterns',
  cudaPackage: 'modelwatt.profile.cudaPackage',
} as const;

export const views = {
  /** The webview panel beside the source; contributed by no manifest entry. */
  panel: 'modelwatt.panel',
  onnx: 'modelwatt.onnx',
  /** Tree of recorded runs. */
  history: 'modelwatt.history',
} as const;

/** Keys for `when` clauses. */
export const contexts = {
  hasModels: 'modelwatt.hasModels',
} as const;

/** Item of the status bar; its DOM id ends in it. */
export const STATUS_ITEM = 'modelwatt.meter';
