// What the page needs beside its own modules: libraries copied from npm, lessons turned into HTML,
// and the worker bundled as one classic script.

import { bundle } from "./bundle.mjs";
import { vendor } from "./vendor.mjs";
import { words } from "./words.mjs";

await vendor();
await words();
await bundle();
