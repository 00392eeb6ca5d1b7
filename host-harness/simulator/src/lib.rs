//! A fake TopCV with state, for tests and demonstrations.
