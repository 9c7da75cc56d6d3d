//! Stories of the desk, on SQLite always and on PostgreSQL where `RECADO_TEST_POSTGRES` says.

mod alarm;
mod application;
mod arrival;
mod article;
mod canned;
mod chat;
mod customer;
mod distribution;
mod erasure;
mod file;
mod identity;
mod inner;
mod line;
mod mail;
mod offline;
mod post;
mod presence;
mod queue;
mod rating;
mod read;
mod session;
mod telling;
mod ticket;
mod ticket_list;
mod upgrade;
mod world;
