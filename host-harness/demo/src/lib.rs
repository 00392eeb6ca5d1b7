//! The reference hiring platform that embeds job-board components.
