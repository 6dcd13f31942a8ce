//! Parts of a contract that know nothing of tasks: ownership, pause, delay, lock.

pub mod lock;
pub mod ownable;
pub mod pausable;
pub mod timelock;
