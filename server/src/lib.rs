//! The program: it reads its settings, opens the desk, and lets people in.
//!
//! A request comes in by [`listener`], passes the gate of [`program`] and reaches one of [`doors`];
//! a socket lives in [`socket`], and so does the [`stream`] that stands in for one. What they say to each other is `domain`'s, in an [`encoding`];
//! what they may do is `desk`'s and `domain`'s business.

mod address;
mod agent;
mod alarm;
pub mod application;
mod assets;
mod audit;
mod backup;
pub mod config;
mod customer;
mod document;
mod doors;
mod encoding;
mod fault;
pub mod group;
mod headers;
mod health;
mod history;
mod identity;
pub mod indicators;
mod letter;
mod limits;
mod line;
mod listener;
mod log;
mod metrics;
mod origin;
pub mod parameters;
mod places;
mod program;
mod socket;
mod start;
mod stream;
mod token;
mod trace;
mod transfer;
mod trigger;

pub use assets::Site;
pub use limits::{Rate, Rates};
pub use log::begin as log;
pub use origin::Origin;
pub use start::Running;
pub use trace::Traces;
