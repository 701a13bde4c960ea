// Writes ARCHITECTURE.md as a page of the site, where "How is it made?" leads.

import { readFile, writeFile } from "node:fs/promises";
import { Marked } from "marked";
import { escaped } from "./words.mjs";

const FROM = new URL("../../ARCHITECTURE.md", import.meta.url);
const TO = new URL("../architecture.html", import.meta.url);

// Files of the repository are not on the site: what leads there is said, and no link. What is too wide scrolls, by keys, too.
const marked = new Marked({
  renderer: {
    code: ({ text }) => `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`,
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      return /^https:/.test(href) ? `<a href="${href}">${text}</a>` : text;
    },
  },
});

/** Writes www/architecture.html. */
export async function documents() {
  const body = await marked.parse(await readFile(FROM, "utf8"));
  await writeFile(
    TO,
    `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'self'" />
    <title>Architecture · Tilde</title>
    <link rel="icon" href="pictures/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="tokens.css" />
    <link rel="stylesheet" href="document.css" />
    <script type="module" src="document.js"></script>
  </head>
  <body>
    <nav aria-label="Tilde"><a href="../index.html"><b aria-hidden="true">~</b> Tilde</a></nav>
    <main>
${body}    </main>
  </body>
</html>
`,
  );
}
