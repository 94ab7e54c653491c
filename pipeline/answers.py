"""What workers are asked and answer, as JSON. To make a reader of it takes longer than to read with it, so each is made once."""

from pydantic import TypeAdapter

from intake.message import Message, Taken
from parsers.document import Document, Page

TAKEN: TypeAdapter[Taken] = TypeAdapter(Taken)
MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)
PAGE: TypeAdapter[Page] = TypeAdapter(Page)
DOCUMENT: TypeAdapter[Document] = TypeAdapter(Document)
DOCUMENTS: TypeAdapter[dict[str, Document]] = TypeAdapter(dict[str, Document])
