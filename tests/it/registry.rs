//! The registry with real libraries.
