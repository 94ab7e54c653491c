"""Past one machine: the job `read` on other machines, by dask.distributed. docs/scale.md tells how to run it.

    coordinator (ingest, watch)          scheduler               worker (work)
      leases a job from SQLite
      Hands: an order (a ticket) ─────────► places it ────────────► Station
      Desk  ◄──────────── ticket: what is it? where are its bytes? ──┘ reads it with `pipeline.process.read`
      Desk  ◄──────────── new originals, documents, pictures, the reading
      saves the reading and `done` in one transaction, if the lease still holds

Dask carries tickets and notices who is gone; it never sees a byte of a message, and what it believes counts for nothing: the job table does.
Bytes and results go straight between worker and coordinator, over dask's connections, under the ticket.

The boundary of trust: dask unpickles what its peers send (that can no longer be switched off), so whoever may connect may run code as the user
of the coordinator, the scheduler and every worker. Hence TLS on both sides, with certificates that only the machines of one office have, and
nothing else but loopback without it. Documents never cross that boundary: they are opened behind the sandbox on every machine alike.
"""
