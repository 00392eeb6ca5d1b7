//! Whole-system tests: the real component, the real host, loopback HTTP.
