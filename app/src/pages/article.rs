//! An article at an address of its own: for who was sent a link to it.

use super::{Mark, document};
use crate::article::html;
use crate::words;
use leptos::prelude::*;

/// What the page shows.
pub struct Article<'a> {
    /// In which it is written: `es`, `pt` or `en`.
    pub lang: &'a str,
    /// The address of the style sheet.
    pub style: &'a str,
    /// Whose it is; empty: it says only what it is.
    pub house: &'a str,
    pub title: &'a str,
    /// Markdown.
    pub body: &'a str,
}

/// The whole document.
pub fn article(page: &Article<'_>) -> String {
    let brand = if page.house.is_empty() { "Recado" } else { page.house }.to_owned();
    let (title, body) = (page.title.to_owned(), html(page.body));
    document(words::of(page.lang).common.lang, page.title, page.style, || {
        view! {
            <header class="portal__bar"><p class="portal__brand"><Mark class="icon"/>{brand}</p></header>
            <main class="portal">
                <article class="portal__article">
                    <h1 class="portal__title">{title}</h1>
                    // Made harmless where it is drawn: the one text of others that is markup here.
                    <div class="prose"><div inner_html=body></div></div>
                </article>
            </main>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_has_a_page_of_its_own_on_which_nothing_runs() {
        let page = Article {
            lang: "pt",
            style: "/s.css",
            house: "",
            title: "</title><script>1",
            body: "**Sim** <script>1</script>",
        };

        let html = article(&page);

        assert!(html.contains("<html lang=\"pt") && html.contains("<strong>Sim</strong>"), "{html}");
        assert!(!html.contains("<script"), "{html}");
    }
}
