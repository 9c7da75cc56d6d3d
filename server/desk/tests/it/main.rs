//! Stories of the desk, on SQLite always and on PostgreSQL where `RECADO_TEST_POSTGRES` says.

mod application;
mod arrival;
mod article;
mod chat;
mod file;
mod line;
mod offline;
mod presence;
mod queue;
mod session;
mod telling;
mod ticket;
mod world;
