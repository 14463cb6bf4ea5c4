//! The files plugin in a worker, as operators run it.
