"""What other plugins may import of sales: events. They are emitted inside the transaction in which it happens: who listens `inside=True` may
refuse it, who listens after it works on what is so."""

from dataclasses import dataclass

from crm_core.sdk import Event


@dataclass(frozen=True)
class LeadsArrived(Event):
    """Leads came in that nobody has. Who listens `inside=True` with an `order` below 50 may give them to somebody; what is left is given out
    by the rules of the house."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class OpportunitiesClosed(Event):
    """Opportunities were won or lost."""

    ids: tuple[int, ...]
    won: bool = True


@dataclass(frozen=True)
class OpportunitiesReopened(Event):
    """Opportunities that were won or lost are open again."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class OpportunitiesShared(Event):
    """Of opportunities that are won, the amount or who has which share in it changed."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class QuotesSent(Event):
    """Quotes are offered to their customers."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class QuotesAccepted(Event):
    """Customers took quotes."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class ContractsSigned(Event):
    """Contracts are binding."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class OrdersConfirming(Event):
    """Orders are about to be confirmed: who listens inside may refuse, or stop some (`orders.services.hold`). `why`: what was said in spite of a warning."""

    ids: tuple[int, ...]
    why: str = ""


@dataclass(frozen=True)
class OrdersConfirmed(Event):
    """Orders are to be carried out."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class OrdersCancelled(Event):
    """Orders that were confirmed, or stopped on their way to it, are not carried out, or not any further."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class OrdersCompleted(Event):
    """Orders are delivered and paid."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class OrdersReopened(Event):
    """Orders that were completed wait for money again."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class InvoicesIssued(Event):
    """Customers are asked to pay; credit notes too."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class InvoicesCancelled(Event):
    """Invoices that were issued are asked for no more. When that is undone, `InvoicesIssued` is told anew."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class InvoicesWrittenOff(Event):
    """What of invoices is written off is another amount: they were written off, asked for again, or money came after all."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class PaymentsAllocated(Event):
    """Money received was counted for invoices (`ids` of allocations), or, `taken_back`, it is not any more."""

    ids: tuple[int, ...]
    taken_back: bool = False
