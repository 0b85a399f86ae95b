/** A file's findings for code scanning. */
import type { FileReport } from './view';

/** SARIF 2.1.0: each gap and diagnostic is a result, once although several models may share it. In English. */
export function sarifReport(report: FileReport): unknown {
  const all = [...report.models.flatMap(model => model.gaps), ...report.diagnostics];
  const findings = [
    ...new Map(
      all.map(finding => [
        JSON.stringify([finding.file, finding.line, finding.column, finding.code, finding.message]),
        finding,
      ]),
    ).values(),
  ];
  const rules = [...new Set(findings.map(finding => finding.code))];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'ModelWatt', rules: rules.map(id => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map(({ code, message, file, line, column }) => ({
          ruleId: code,
          level: code === 'syntax-error' ? 'error' : 'note',
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(file) },
                region: { startLine: Math.max(1, line), startColumn: column + 1 },
              },
            },
          ],
        })),
      },
    ],
  };
}

/** A path as a URI reference: relative ones stay relative, Windows' drives and separators are spelled as URIs have them. */
function uriOf(path: string): string {
  const drive = /^[A-Za-z]:[\\/]/.test(path);
  const plain = drive || path.includes('\\') ? path.replaceAll('\\', '/') : path;
  const encoded = plain.split('/').map(encodeURIComponent).join('/');
  if (drive) return `file:///${encoded.replace('%3A', ':')}`;
  return plain.startsWith('/') ? `file://${encoded}` : encoded;
}
