//! The library with which a hiring platform embeds job-board components.
