//! Stories against a real listener on this machine, with real requests and real sockets.

mod account;
mod article;
mod assets;
mod attack;
mod audit;
mod bytes;
mod chat;
mod client;
mod console;
mod customer;
mod end;
mod file;
mod gate;
mod identity;
mod indicators;
mod line;
mod monitor;
mod offline;
mod portal;
mod program;
mod rights;
mod sign_in;
mod socket;
mod stream;
mod trigger;
mod world;
