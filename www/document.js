// A document of the site, in the colours that were chosen for the site.

import { applyColours, chosenColours } from "./ui/colours.js";

applyColours(chosenColours());
