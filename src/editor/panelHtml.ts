/** The panel's page: nothing in it but our own script and style, by nonce. What it shows comes by messages. */
export interface PageSources {
  readonly nonce: string;
  /** What the webview's own files are served from. */
  readonly source: string;
  readonly script: string;
  readonly style: string;
  readonly title: string;
  /** For people who wait, and for the rare page whose script does not run. */
  readonly waiting: string;
}

export function panelHtml({ nonce, source, script, style, title, waiting }: PageSources): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
    `font-src ${source}`,
    `img-src ${source}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html>
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escape(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${escape(style)}">
    <title>${escape(title)}</title>
  </head>
  <body>
    <p class="empty">${escape(waiting)}</p>
    <script nonce="${nonce}" src="${escape(script)}"></script>
  </body>
</html>`;
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
