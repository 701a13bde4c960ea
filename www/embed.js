// <script type="module" src=".../www/embed.js"></script> is all that an article needs.
import "./frames.js";
export { TildeExhibit } from "./exhibit.js";
