// <script type="module" src=".../www/embed.js"></script> is all that an article needs.
export { TildeExhibit } from "./exhibit.js";
