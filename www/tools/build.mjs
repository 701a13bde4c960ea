// What the page needs beside its own modules: libraries copied from npm, lessons turned into HTML (once
// the words are found to be written once each), a document likewise, the exhibits' Rust source, and the worker bundled
// as one classic script.

import { bundle } from "./bundle.mjs";
import { checkWords } from "./check-words.mjs";
import { documents } from "./documents.mjs";
import { sources } from "./source.mjs";
import { vendor } from "./vendor.mjs";
import { words } from "./words.mjs";

await vendor();
await checkWords();
await words();
await documents();
await sources();
await bundle();
