//! One of everything that travels. A new variant wants a sample here.

mod account;
mod application;
mod frames;
mod knowledge;
mod settings;
mod things;

pub use account::*;
pub use application::*;
pub use frames::*;
pub use knowledge::*;
pub use settings::*;
pub use things::*;

/// The bytes of sound values, in both encodings.
pub fn sound() -> Vec<Vec<u8>> {
    fn both<T: serde::Serialize>(value: &T) -> [Vec<u8>; 2] {
        [
            postcard::to_allocvec(value).expect("it can be written"),
            serde_json::to_vec(value).expect("it can be written"),
        ]
    }
    let frames = ups().iter().flat_map(both).chain(downs().iter().flat_map(both)).collect::<Vec<_>>();
    let acts = wishes().iter().flat_map(both).chain(ticket_acts().iter().flat_map(both)).collect::<Vec<_>>();
    [frames, acts, both(&open()).to_vec(), both(&lists()).to_vec(), events().iter().flat_map(both).collect()].concat()
}
