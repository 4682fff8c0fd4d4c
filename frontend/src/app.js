// The one script of every page: a module, loaded with `type="module"`; big parts come by import() when a page has them.
import "htmx.org/dist/htmx.esm.js";
