// SOE: what makes pages quicker. Everything works without it; nothing here holds state or rights.
import { keyboard } from "./keyboard.js";
import { search } from "./search.js";
import { drafts } from "./drafts.js";
import { forms } from "./forms.js";
import { typeahead } from "./typeahead.js";
import { menus } from "./menus.js";
import { watch } from "./watch.js";
import { bulk } from "./bulk.js";
import { quick } from "./quick.js";
import { tour } from "./tour.js";
import { mentions } from "./mentions.js";
import { columns } from "./columns.js";
import { uploads } from "./uploads.js";

keyboard();
search();
menus();
bulk();
quick();
tour();
columns();
forms(document);
typeahead(document);
watch();
drafts(document);
mentions(document);
uploads(document);
