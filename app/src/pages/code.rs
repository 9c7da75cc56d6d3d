//! The second step of a sign-in: a plain form that asks for a code.

use super::{Mark, document};
use crate::words;
use domain::{Refusal, Trouble};
use leptos::prelude::*;

/// What the page shows.
pub struct CodePage<'a> {
    /// `es`, `pt` or `en`: what the browser prefers.
    pub lang: &'a str,
    /// The address of the style sheet.
    pub style: &'a str,
    /// Where to go afterwards: a path of ours.
    pub next: &'a str,
    /// The token of the first step.
    pub step: &'a str,
    /// Why it did not work.
    pub trouble: Option<&'a Trouble>,
}

/// The whole document.
pub fn code(page: &CodePage<'_>) -> String {
    let words = words::of(page.lang);
    let says = words::account::of(page.lang);
    let trouble = page.trouble.map(|trouble| match trouble {
        Trouble::Refused(Refusal::FieldWrong { .. }) => says.code_wrong.to_owned(),
        other => words.common.trouble(other),
    });
    let (step, next) = (page.step.to_owned(), page.next.to_owned());
    let failed = trouble.is_some();
    document(words.common.lang, words.sign_in, page.style, || {
        view! {
            <main class="gate">
                <div class="gate__note">
                    <form class="gate__form" method="post" action="/sign-in/code" autocomplete="off">
                        <p class="gate__brand"><Mark class="icon icon--l"/><span>"Recado"</span></p>
                        <h1 class="gate__hello">{says.code_hello}</h1>
                        {trouble.map(|text| view! { <p class="banner banner--bad" role="alert" id="trouble"><span class="banner__text">{text}</span></p> })}
                        <input type="hidden" name="step" value=step/>
                        <input type="hidden" name="next" value=next/>
                        <label class="field">
                            <span class="field__label">{says.code}</span>
                            <input
                                class="field__box" type="text" name="code" inputmode="text" autocomplete="one-time-code" required
                                maxlength="40" autofocus autocapitalize="none" spellcheck="false" aria-describedby={if failed { "trouble" } else { "say" }}
                            />
                        </label>
                        <p class="gate__foot" id="say">{says.code_say}</p>
                        <button class="button button--act button--wide" type="submit">{words.enter}</button>
                        <p class="gate__foot"><a href="/sign-in">{says.code_back}</a></p>
                    </form>
                </div>
            </main>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_code_is_said_in_words_and_nothing_becomes_a_tag() {
        let wrong = Trouble::Refused(Refusal::FieldWrong { field: "code".into() });

        for (lang, said) in [("es", "ya se usó"), ("pt", "já foi usado"), ("en", "was used already")] {
            let html = code(&CodePage {
                lang,
                style: "/s.css",
                next: "/chat\"><script>",
                step: "\"><b>",
                trouble: Some(&wrong),
            });
            assert!(html.contains(said) && html.contains("role=\"alert\""), "{html}");
            assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
        }
    }
}
