"""What other features may use of files.

`put("core.note", 12, "shelf.jpg", stream, key="a1b2…")` hangs a picture on an entry of a time line: on the note, call or visit the line
speaks of. It is seen beneath that line, and goes, comes back and moves with it. Who wrote the entry may do that.

Over HTTP, from a page (with the cookie of the session and `X-CSRF-Token`):

    POST /core/note/12/files            multipart/form-data, part `file`
    Accept: application/json
    Idempotency-Key: <chosen by the client, up to 255 characters>

    200 {"files": [{"id": 5, "name": "shelf.jpg", "size": 81234, "kind": "picture", "again": false, "url": "/core/attachment/5"}]}

One file a request when there is a key. The same key and bytes again answer with the same id and `"again": true`, and make no second
file, whatever became of the first answer; other bytes under that key are 409, an empty or refused file 422 and one that is too large
413 with `{"error": sentence}`; no rights, or no such entry, 404; signed out 401. A script that was signed out meanwhile signs in and
sends once more with the same key.
"""

from crm_core.features.files.services import Brought, Put, brought, bytes_of, changeable, copy, hang, on, put, readable
from crm_core.features.files.views import Picture, pictures_of

__all__ = ["Brought", "Picture", "Put", "brought", "bytes_of", "changeable", "copy", "hang", "on", "pictures_of", "put", "readable"]
