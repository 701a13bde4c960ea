// For a page that embeds exhibits as frames: <script type="module" src=".../www/frames.js"></script> makes each frame
// as high as the exhibit in it asks to be, wherever the page has not said how high it is.

/** Every exhibit of this site has an address that begins so. */
const SITE = new URL("..", import.meta.url).href;
/** Heights outside of these, in CSS pixels, are nothing that an exhibit asks for. */
const [LEAST, MOST] = [120, 4000];

const frames = () => [...document.querySelectorAll("iframe")].filter(({ src }) => src.startsWith(SITE));

addEventListener("message", ({ source, data }) => {
  if (data?.tilde !== "height") return;
  const height = Math.round(Number(data.detail?.height));
  if (!(height >= LEAST && height <= MOST)) return;
  const frame = frames().find(({ contentWindow }) => contentWindow === source);
  if (!frame || frame.hasAttribute("height") || (frame.style.height && frame.dataset.tildeHeight === undefined)) return;
  frame.dataset.tildeHeight = frame.style.height = `${height}px`;
});

// Those that have told it before anybody listened tell it again.
for (const { contentWindow } of frames()) contentWindow?.postMessage({ tilde: "height" }, "*");
