// The large picture as it stands, as a still for print: title and question above it, the address below.

/** Margin and sizes of text, as shares of the width. */
const [MARGIN, TITLE, TEXT, SMALLEST] = [0.04, 0.034, 0.021, 0.012];
/** Narrower pictures are enlarged, so that the text can be read. */
const LEAST = 1200;

/**
 * @param {ParentNode} root of the exhibit
 * @param {{ title: string, question: string, address: string }} said
 * @param {import("./theme.js").Theme} theme
 * @returns {Promise<Blob|null>} null where the picture is no canvas, but text
 */
export async function stillOf(root, { title, question, address }, { colours, font }) {
  const picture = /** @type {HTMLCanvasElement|null} */ (root.querySelector(".hero > figure canvas"));
  if (!picture?.checkVisibility()) return null;
  const width = Math.max(LEAST, picture.width);
  const margin = width * MARGIN;
  const tall = (picture.height / picture.width) * (width - 2 * margin);
  const canvas = document.createElement("canvas");
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const room = width - 2 * margin;
  const set = (/** @type {number} */ share, weight = 400) => (context.font = `${weight} ${share * width}px ${font}`);
  set(TEXT);
  const lines = linesOf(context, question, room);
  const head = margin + 1.4 * TITLE * width + lines.length * 1.4 * TEXT * width + margin / 2;
  canvas.width = width;
  canvas.height = Math.round(head + tall + margin / 2 + 2 * TEXT * width + margin / 2);
  context.fillStyle = colours.sheet;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = "top";
  context.fillStyle = colours.ink;
  set(TITLE, 600);
  context.fillText(title, margin, margin, room);
  context.fillStyle = colours.soft;
  set(TEXT);
  lines.forEach((line, i) => context.fillText(line, margin, margin + (1.4 * TITLE + 1.4 * i * TEXT) * width));
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, margin, head, room, tall);
  context.fillStyle = colours.ink;
  // As large as the address allows, without what every address begins with.
  const short = address.replace(/^https?:\/\//, "");
  set(TEXT);
  const share = Math.max(SMALLEST, Math.min(TEXT, (TEXT * room) / context.measureText(short).width));
  set(share);
  context.fillText(short, margin, head + tall + margin / 2, room);
  return new Promise((resolve) => canvas.toBlob(resolve));
}

/** @param {CanvasRenderingContext2D} context @param {string} text @param {number} room @returns {string[]} */
function linesOf(context, text, room) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (context.measureText(longer).width <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
