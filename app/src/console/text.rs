//! What people wrote, drawn as text. Addresses of the web are links; nothing else becomes anything.

use crate::link::{Piece, pieces};
use leptos::either::Either;
use leptos::prelude::*;

pub fn words(text: &str) -> impl IntoView + use<> {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => Either::Left(text.to_owned()),
            Piece::Link(address) => Either::Right(view! {
                <a href=address.to_owned() target="_blank" rel="noopener noreferrer nofollow">{address.to_owned()}</a>
            }),
        })
        .collect_view()
}
