//! Stories of a chat: who may do what, who is gone for too long, and how it ends.

mod absence;
mod ends;
mod files;
mod moves;
mod rights;
mod staff;
mod words;
