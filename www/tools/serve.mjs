// A static server for development and tests: node www/tools/serve.mjs [port] [folder] [/sub-path]
// Right MIME types, `Access-Control-Allow-Origin: *` so that frames with an opaque origin can load modules
// and wasm, and gzip, as a host should. Port 0 takes a free one.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";

/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
  ".ts": "text/plain; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
};

/** What is smaller when packed: everything but pictures that are packed already. */
const PACKED = /^(text|application)\/|svg/;

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * @param {{ port?: number, root?: string, base?: string, host?: string, policy?: string, pages?: Record<string, string> }} [options]
 *   `base` is the sub-path that the folder appears under, `policy` a content policy sent with every
 *   answer, `pages` HTML texts by path that the folder does not hold
 * @returns {Promise<{ address: string, close: () => void }>}
 */
export async function serve({ port = 0, root = ROOT, base = "/", host = "127.0.0.1", policy = "", pages = {} } = {}) {
  const folder = resolve(root);
  const prefix = `/${base}/`.replace(/\/+/g, "/");
  const server = createServer(async (request, response) => {
    const headers = {
      "Access-Control-Allow-Origin": "*",
      "Cache-Control": "no-cache",
      "X-Content-Type-Options": "nosniff",
      ...(policy && { "Content-Security-Policy": policy }),
    };
    const fail = (/** @type {number} */ status, /** @type {string} */ text) =>
      response.writeHead(status, { ...headers, "Content-Type": "text/plain" }).end(text);
    if (request.method !== "GET" && request.method !== "HEAD") return fail(405, "Only GET and HEAD.");
    try {
      const path = decodeURIComponent(new URL(request.url ?? "/", "http://host").pathname);
      if (!path.startsWith(prefix)) return fail(404, `Not here. The site is at ${prefix}`);
      const page = pages[path.slice(prefix.length)];
      if (page) return response.writeHead(200, { ...headers, "Content-Type": TYPES[".html"] }).end(page);
      let file = normalize(join(folder, path.slice(prefix.length)));
      if (file !== folder && !file.startsWith(folder + sep) && file !== folder + sep)
        return fail(403, "Outside of the site.");
      let found = await stat(file);
      if (found.isDirectory()) found = await stat((file = join(file, "index.html")));
      const type = TYPES[extname(file)] ?? "application/octet-stream";
      const packed = PACKED.test(type) && /\bgzip\b/.test(String(request.headers["accept-encoding"]));
      response.writeHead(200, {
        ...headers,
        "Content-Type": type,
        Vary: "Accept-Encoding",
        ...(packed ? { "Content-Encoding": "gzip" } : { "Content-Length": found.size }),
      });
      if (request.method === "HEAD") response.end();
      else if (packed) createReadStream(file).pipe(createGzip()).pipe(response);
      else createReadStream(file).pipe(response);
    } catch {
      fail(404, "Not found.");
    }
  });
  await new Promise((done, failed) => server.once("error", failed).listen(port, host, () => done(undefined)));
  const { port: taken } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { address: `http://${host}:${taken}${prefix}`, close: () => server.close() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [port = "8080", root = ROOT, base = "/"] = process.argv.slice(2);
  try {
    const { address } = await serve({ port: Number(port), root, base });
    console.log(`Tilde is at ${address} (Ctrl-C stops it)`);
  } catch (error) {
    const taken = /** @type {NodeJS.ErrnoException} */ (error).code === "EADDRINUSE";
    console.error(taken ? `Port ${port} is taken: name another one.` : String(error));
    process.exitCode = 1;
  }
}
