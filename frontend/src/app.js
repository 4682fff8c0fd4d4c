// The one script of every page, a module. Each part listens on the document, so nothing has to be wired again after a
// swap; what must look at new content does it in ready(). Without any of this the pages are plain links and forms.
import "./nav.js";
import "./overlays.js";
import "./toasts.js";
import "./palette.js";
import "./list.js";
import "./columns.js";
import "./cell.js";
import "./board.js";
import "./map.js";
import "./record.js";
import "./composer.js";
import "./form.js";
import "./files.js";
import "./twins.js";
import "./lines.js";
import "./shown.js";
import "./drafts.js";
import "./pickers.js";
import "./region.js";
import "./dates.js";
import "./keys.js";
import "./small.js";
import "./live.js";
import "./away.js";
import "./press.js";
import "./rules.js";
