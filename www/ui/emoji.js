// Emoji that carry meaning look the same on every machine, also on one that has none: they come with the page.

/** The family that `tokens.css` puts before all others. */
const FAMILY = "Tilde emoji";

/** Gives the document the font, which is fetched where the first emoji is drawn. */
export function bringEmoji() {
  // Style sheets of a shadow tree cannot bring a font, and the page around may be somebody else's.
  if ([...document.fonts].some(({ family }) => family.replaceAll('"', "") === FAMILY)) return;
  const file = new URL("../vendor/emoji.woff2", import.meta.url);
  document.fonts.add(new FontFace(FAMILY, `url("${file}")`, { unicodeRange: "U+1F300-1FAFF", display: "block" }));
}
