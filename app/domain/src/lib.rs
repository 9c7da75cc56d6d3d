//! What the product is: every rule and every word on the wire, and no I/O.
//!
//! Four functions carry it: [`chat::Chat::decide`], [`chat::Chat::apply`], [`chat::Chat::due`]
//! and [`thread::Thread::hear`]. Time and asker are arguments everywhere.

pub mod act;
#[cfg(feature = "staff")]
pub mod agent;
pub mod amend;
pub mod application;
pub mod article;
pub mod audit;
pub mod canned;
pub mod channel;
pub mod chat;
pub mod colour;
pub mod customer;
pub mod distribution;
pub mod erasure;
pub mod event;
pub mod factor;
pub mod file;
#[cfg(feature = "staff")]
pub mod find;
#[cfg(feature = "staff")]
pub mod first_run;
pub mod group;
pub mod hours;
pub mod house;
pub mod id;
pub mod identity;
#[cfg(feature = "staff")]
pub mod indicators;
#[cfg(feature = "staff")]
pub mod key;
#[cfg(feature = "staff")]
pub mod knowledge;
pub mod launcher;
pub mod mention;
#[cfg(feature = "staff")]
pub mod monitor;
pub mod offline;
pub mod parameters;
pub mod password;
pub mod person;
pub mod portal;
pub mod presence;
pub mod profile;
pub mod queue;
pub mod rating;
pub mod refusal;
pub mod session;
#[cfg(feature = "staff")]
pub mod settings;
pub mod site;
#[cfg(feature = "staff")]
pub mod standing;
#[cfg(feature = "staff")]
pub mod subscription;
#[cfg(feature = "staff")]
pub mod tag;
pub mod text;
pub mod thread;
pub mod ticket;
pub mod ticket_list;
pub mod time;
#[cfg(feature = "staff")]
pub mod token;
pub mod trigger;
pub mod webhook;
pub mod wire;
#[cfg(test)]
mod world;

pub use act::{Act, Target};
pub use chat::{Chat, Origin, Reason, Scene, Stage};
pub use event::{Event, Told};
pub use file::{File, FileKind};
pub use person::{Face, Seat, Who};
pub use refusal::{Refusal, Trouble};
pub use thread::Thread;
pub use ticket::{Status, Ticket, TicketAct, TicketEvent};
pub use time::{Span, Time};
