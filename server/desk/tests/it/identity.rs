//! Identity: who is believed to be whom, and what anybody else learns of him (S72-S78, R18-R20).

use crate::ticket_list::numbers;
use crate::world::{INES, LUCIA, MARTA, World, fresh, here, refusal, token};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use desk::demo::{CATALOGUE_KEY, SHOP_KEY, SHOP_SECRET};
use desk::identity::Algorithm;
use desk::{Caller, Error, Heard, Signed};
use domain::audit::{About, Filter, Kind};
use domain::identity::{Attribute, Related};
use domain::ticket::{Change, TicketEvent};
use domain::ticket_list::{Filter as Listed, Wanted};
use domain::wire::{Bye, Down, Identify, Known};
use domain::{Act, Event, Refusal, Span, Stage, Status, TicketAct};
use ring::{hmac, signature};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor, Row};

fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn sealed(head: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let signed = format!("{}.{}", base64(head.to_string()), base64(claims.to_string()));
    format!("{signed}.{}", base64(sign(signed.as_bytes())))
}

fn hs256(secret: &[u8]) -> impl FnOnce(&[u8]) -> Vec<u8> {
    move |text| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text).as_ref().to_vec()
}

/// As the shop's program signs.
fn shop(claims: &Value) -> String {
    sealed(&json!({"alg": "HS256", "typ": "JWT"}), claims, hs256(SHOP_SECRET.as_bytes()))
}

fn proof(jwt: &str, fresh: &str) -> Identify {
    Identify { key: SHOP_KEY.into(), jwt: jwt.into(), fresh: fresh.into() }
}

impl World {
    fn seconds(&self) -> i64 {
        self.desk.now().0 / 1000
    }

    fn claims(&self, subject: &str) -> Value {
        json!({
            "sub": subject, "aud": SHOP_KEY, "exp": self.seconds() + 300, "name": format!("{subject} of the shop"),
            "email": format!("{subject}@shop.example"), "attributes": {"plan": "pro", "orders": 3}
        })
    }

    /// Somebody of the shop's, of whom it knows no address.
    pub fn signed_without_address(&self, subject: &str) -> String {
        let mut claims = self.claims(subject);
        claims["email"] = json!("");
        shop(&claims)
    }

    /// With a change to what is signed.
    fn changed(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = self.claims("u1");
        change(&mut claims);
        shop(&claims)
    }

    pub async fn identifies(&self, browser: &str, subject: &str) -> Result<Known, Error> {
        self.shows(browser, &shop(&self.claims(subject))).await
    }

    /// A browser shows what was signed, and is known by its fresh token from then on.
    pub async fn shows(&self, browser: &str, jwt: &str) -> Result<Known, Error> {
        let token = self.token(browser);
        let next = if token == fresh(browser) { format!("{browser}-next") } else { browser.into() };
        let known = self.desk.identify(&token, &proof(jwt, &fresh(&next))).await?;
        if known.renewed {
            self.takes_the_fresh_token(browser);
        }
        Ok(known)
    }

    /// Identified, attended, and over: leaves a saved ticket of this status.
    pub async fn leaves_ticket(&mut self, browser: &str, subject: &str, status: Status) -> Related {
        self.identifies(browser, subject).await.unwrap();
        let chat = self.starts(browser, "returns").await;
        self.says(browser, &chat, "The lamp is broken.").await;
        self.does(INES, &chat, Act::Attend).await.unwrap();
        self.does(INES, &chat, Act::Close).await.unwrap();
        let agent = self.agent(INES).clone();
        let ticket = self.desk.ticket_of_chat(&agent, &chat).await.unwrap().unwrap();
        let save = TicketAct::Save {
            changes: vec![Change::Subject("Lamp".into()), Change::Status(status)],
            note: String::new(),
        };
        self.desk.save_ticket(&agent, &ticket.id, &self.id(), &save).await.unwrap();
        Related { id: ticket.id, number: ticket.number, subject: "Lamp".into() }
    }

    async fn related(&self, browser: &str) -> Vec<Related> {
        let Caller::Visitor(visitor) = self.caller(browser).await else { panic!("not a visitor") };
        self.desk.related(&visitor).await.unwrap()
    }

    pub async fn goes_on(&mut self, browser: &str, with: &str) -> Result<String, Error> {
        let mut open = self.form(browser, "returns");
        open.related = Some(with.into());
        self.desk.open_chat(&self.token(browser), &open).await?;
        self.comes(browser).await;
        Ok(open.id)
    }
}

#[tokio::test]
async fn whoever_his_site_has_signed_is_known_whatever_he_types() {
    let mut world = World::open().await;

    let known = world.identifies("phone", "u1").await.unwrap();
    let chat = world.starts("phone", "returns").await;

    assert_eq!((known.name.as_str(), known.email.as_str(), known.chat), ("u1 of the shop", "u1@shop.example", None));
    let chat = world.chat(&chat).await;
    assert!(chat.verified);
    assert_eq!(chat.customer.name, "u1 of the shop");
    let answers: Vec<_> = chat.answers.iter().map(|a| a.value.as_str()).collect();
    assert_eq!(answers, ["u1 of the shop", "u1@shop.example"], "he typed another name and address");
    assert!(chat.attributes.iter().all(|one| one.signed) && chat.attributes.len() == 2, "{:?}", chat.attributes);
}

#[tokio::test]
async fn the_same_person_goes_on_with_his_conversation_on_another_device() {
    let mut world = World::open().await;
    world.identifies("phone", "u1").await.unwrap();
    let chat = world.starts("phone", "returns").await;
    world.says("phone", &chat, "From the train.").await;

    let known = world.identifies("laptop", "u1").await.unwrap();

    assert_eq!(known.chat.as_deref(), Some(&*chat));
    world.says("laptop", &chat, "From my desk.").await;
    assert_eq!(world.screen("phone", &chat).await.chat.unwrap().last_words, "From my desk.");
    let another = world.identifies("library", "u2").await.unwrap();
    assert_eq!(another.chat, None);
    assert_eq!(refusal(world.desk.events(&world.caller("library").await, &chat, 0, 0).await), Refusal::NotYours);
}

#[tokio::test]
async fn a_conversation_that_began_without_a_name_goes_on_under_the_proved_one() {
    let (mut world, chat) = World::with_waiting_customer().await;
    world.does(INES, &chat, Act::Attend).await.unwrap();
    world.says("ana", &chat, "I have just signed in.").await;

    let known = world.identifies("ana", "u1").await.unwrap();

    assert_eq!(known.chat.as_deref(), Some(&*chat));
    // The tab that was open under nobody's name listens anew.
    world.hears_next("ana", is_dismissed).await;
    world.comes("ana").await;
    world.does(INES, &chat, Act::Post { text: "Hello.".into() }).await.unwrap();
    let words =
        |down: &Down| matches!(down, Down::Told(told) if matches!(told.event, Event::Posted { .. })).then_some(());
    world.hears_next("ana", words).await;
    world.wait(Span::minutes(5)).await;
    let now = world.chat(&chat).await;
    assert_eq!((now.stage, now.verified, now.gone_since), (Stage::Attending, true, None));
    world.says("ana", &chat, "It is still me.").await;
    assert_eq!(
        world.count("select count(*) from chats c join customers p on p.id = c.customer_id where p.verified = 1").await,
        1
    );
    world.restart(Span::secs(1)).await;
    assert_eq!(world.identifies("ana", "u1").await.unwrap().chat.as_deref(), Some(&*chat));
}

fn is_dismissed(down: &Down) -> Option<()> {
    matches!(down, Down::Bye(Bye::Refused(Refusal::SignedOut))).then_some(())
}

#[tokio::test]
async fn whoever_copied_a_token_before_it_was_proved_is_nobody_afterwards() {
    let (world, chat) = World::with_conversation().await;
    world.says("ana", &chat, "I have not signed in yet.").await;
    let copied = token("ana");
    let before = Caller::Visitor(world.desk.visitor(&copied).await.unwrap());
    let mut ear = world.desk.listen(&before).await.unwrap();

    world.identifies("ana", "u1").await.unwrap();
    world.does(INES, &chat, Act::Post { text: "Your card ends in 4242.".into() }).await.unwrap();

    assert_eq!(refusal(world.desk.visitor(&copied).await), Refusal::SignedOut);
    // Not even who was let in a moment earlier.
    assert_eq!(refusal(world.desk.events(&before, &chat, 0, 0).await), Refusal::NotYours);
    assert_eq!(refusal(ear.typing(&chat).await), Refusal::NotYours);
    let Heard::Frame(last) = ear.hear().await else { panic!("it heard nothing") };
    assert_eq!(is_dismissed(last.down()), Some(()), "{:?}", last.down());
    assert!(matches!(ear.hear().await, Heard::Slow), "and nothing after it");
    // It may begin something of its own, as anybody may.
    let again = world.desk.open_chat(&copied, &world.form("mallory", "returns")).await.unwrap();
    assert_ne!(again[0].chat, chat);
    let mallory = world.desk.visitor(&copied).await.unwrap();
    assert!(world.desk.related(&mallory).await.unwrap().is_empty());
    assert_eq!(refusal(world.desk.events(&Caller::Visitor(mallory), &chat, 0, 0).await), Refusal::NotYours);
}

#[tokio::test]
async fn a_proof_whose_answer_was_lost_is_repeated_and_answered_alike() {
    let (mut world, chat) = World::with_waiting_customer().await;
    let jwt = shop(&world.claims("u1"));
    let first = world.desk.identify(&token("ana"), &proof(&jwt, &fresh("ana"))).await.unwrap();

    let again = world.desk.identify(&token("ana"), &proof(&jwt, &fresh("ana"))).await.unwrap();
    // Another tab of his may have made another one.
    let elsewhere = world.desk.identify(&token("ana"), &proof(&jwt, &fresh("tab"))).await.unwrap();

    assert_eq!((first.chat.as_deref(), first.renewed), (Some(&*chat), true));
    assert_eq!((&again, &elsewhere), (&first, &first));
    world.takes_the_fresh_token("ana");
    world.comes("ana").await;
    world.says("ana", &chat, "Here I am.").await;
    assert_eq!(world.desk.visitor(&fresh("tab")).await.unwrap(), world.desk.visitor(&fresh("ana")).await.unwrap());
    world.restart(Span::secs(1)).await;
    assert_eq!(world.desk.identify(&token("ana"), &proof(&jwt, &fresh("ana"))).await.unwrap(), first);
}

#[tokio::test]
async fn who_is_proved_already_keeps_his_token_and_his_lines() {
    let mut world = World::open().await;
    world.identifies("ana", "u1").await.unwrap();
    let chat = world.starts("ana", "returns").await;

    let known = world.desk.identify(&fresh("ana"), &proof(&shop(&world.claims("u1")), &token("next"))).await.unwrap();

    assert!(!known.renewed);
    assert_eq!(refusal(world.desk.visitor(&token("next")).await), Refusal::SignedOut);
    world.does(INES, &chat, Act::Attend).await.unwrap();
    let attended = |down: &Down| matches!(down, Down::Told(told) if matches!(told.event, Event::Attended { .. }));
    world.hears_next("ana", |down| attended(down).then_some(())).await;
}

#[tokio::test]
async fn a_fresh_token_that_is_known_already_is_refused() {
    let (world, chat) = World::with_waiting_customer().await;
    world.identifies("eva", "u2").await.unwrap();
    world.sends_the_form("mallory", "returns").await;
    let open = domain::wire::Open { key: CATALOGUE_KEY.into(), ..world.form("leo", "choose") };
    world.desk.open_chat(&token("leo"), &open).await.unwrap();
    let jwt = shop(&world.claims("u1"));

    for (what, old, new, why) in [
        ("another person's", token("ana"), fresh("eva"), Refusal::NotYours),
        ("a stranger's", token("ana"), token("mallory"), Refusal::NotYours),
        ("another person's, and no old one", token("nobody"), fresh("eva"), Refusal::NotYours),
        ("a stranger's, and no old one", token("nobody"), token("mallory"), Refusal::NotYours),
        ("another application's", token("ana"), token("leo"), Refusal::SignedOut),
        ("the same", token("ana"), token("ana"), Refusal::Malformed),
        ("none", token("ana"), String::new(), Refusal::Malformed),
        ("no token", token("ana"), "x".into(), Refusal::Malformed),
    ] {
        assert_eq!(refusal(world.desk.identify(&old, &proof(&jwt, &new)).await), why, "{what}");
    }
    assert!(!world.chat(&chat).await.verified);
    assert_eq!(refusal(world.desk.visitor(&token("nobody")).await), Refusal::SignedOut);
    assert!(world.identifies("ana", "u1").await.unwrap().renewed);
}

#[tokio::test]
async fn nobody_has_two_conversations_by_being_named() {
    let (mut world, anonymous) = World::with_waiting_customer().await;
    world.identifies("phone", "u1").await.unwrap();
    let chat = world.starts("phone", "returns").await;

    assert_eq!(refusal(world.identifies("ana", "u1").await), Refusal::AlreadyOpen { chat });

    assert!(!world.chat(&anonymous).await.verified);
    world.does("ana", &anonymous, Act::Close).await.unwrap();
    world.identifies("ana", "u1").await.unwrap();
}

#[tokio::test]
async fn another_person_needs_another_token() {
    let world = World::open().await;
    world.identifies("library", "u1").await.unwrap();

    assert_eq!(refusal(world.identifies("library", "u2").await), Refusal::NotYours);
    world.identifies("library", "u1").await.unwrap();
}

#[tokio::test]
async fn a_token_that_expires_ends_no_conversation_and_a_fresh_one_may_say_something_new() {
    let mut world = World::open().await;
    let stale = shop(&world.claims("u1"));
    world.shows("phone", &stale).await.unwrap();
    let chat = world.starts("phone", "returns").await;

    world.wait(Span::hours(1)).await;

    world.says("phone", &chat, "Still here.").await;
    assert_eq!(refusal(world.shows("phone", &stale).await), Refusal::IdentityExpired);
    let mut signed = world.claims("u1");
    signed["attributes"] = json!({"plan": "gold"});
    world.shows("phone", &shop(&signed)).await.unwrap();
    let gold = Attribute { key: "plan".into(), value: "gold".into(), signed: true };
    assert_eq!(world.chat(&chat).await.attributes, [gold]);
}

#[tokio::test]
async fn nothing_is_believed_that_no_key_of_the_application_has_signed() {
    let world = World::empty().await;
    let keys = world.desk.identity_keys();
    let pair = signature::Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
    let public = {
        use ring::signature::KeyPair;
        pair.public_key().as_ref().to_vec()
    };
    let eddsa = keys.add(SHOP_KEY, Algorithm::EdDsa, Some(&base64(&public))).await.unwrap();
    let other = keys.add(CATALOGUE_KEY, Algorithm::Hs256, None).await.unwrap();
    let claims = world.claims("u1");
    let secret = SHOP_SECRET.as_bytes();
    let head = |alg: &str| json!({"alg": alg});
    let sign = |head: &Value| sealed(head, &claims, hs256(secret));
    let confused = json!({"alg": "HS256", "kid": eddsa.id});
    for (what, jwt) in [
        ("alg none", sealed(&head("none"), &claims, |_| Vec::new())),
        ("alg None", sealed(&head("None"), &claims, |_| Vec::new())),
        ("alg hs256", sign(&head("hs256"))),
        ("alg HS512", sign(&head("HS512"))),
        ("alg RS256", sign(&head("RS256"))),
        ("no alg", sign(&json!({}))),
        ("the public key as a secret", sealed(&confused, &claims, hs256(&public))),
        ("the public key's text as a secret", sealed(&head("HS256"), &claims, hs256(base64(&public).as_bytes()))),
        ("a secret's key by the wrong name", sign(&json!({"alg": "HS256", "kid": eddsa.id}))),
        ("an unknown kid", sign(&json!({"alg": "HS256", "kid": "nobody"}))),
        ("a kid that is no text", sign(&json!({"alg": "HS256", "kid": 1}))),
        ("something critical", sign(&json!({"alg": "HS256", "crit": ["b64"], "b64": false}))),
        ("another application's key", sealed(&head("HS256"), &claims, hs256(other.secret.unwrap().as_bytes()))),
        ("an empty secret", sealed(&head("HS256"), &claims, hs256(b""))),
        ("nothing", String::new()),
        ("dots", "..".into()),
        ("four parts", format!("{}.x", shop(&claims))),
        ("padding", format!("{}=", shop(&claims))),
        ("blanks", format!(" {}", shop(&claims))),
        ("no signature", shop(&claims).rsplit_once('.').unwrap().0.to_owned() + "."),
        ("too long", world.changed(|c| c["name"] = "x".repeat(9_000).into())),
        ("no exp", world.changed(|c| drop(c.as_object_mut().unwrap().remove("exp")))),
        ("no aud", world.changed(|c| drop(c.as_object_mut().unwrap().remove("aud")))),
        ("no sub", world.changed(|c| drop(c.as_object_mut().unwrap().remove("sub")))),
        ("exp as a text", world.changed(|c| c["exp"] = "tomorrow".into())),
        ("exp too far", world.changed(|c| c["exp"] = (world.seconds() + 3_661).into())),
        ("exp for ever", world.changed(|c| c["exp"] = 1e300.into())),
        ("nbf of later", world.changed(|c| c["nbf"] = (world.seconds() + 61).into())),
        ("iat of later", world.changed(|c| c["iat"] = (world.seconds() + 61).into())),
        ("another aud", world.changed(|c| c["aud"] = CATALOGUE_KEY.into())),
        ("an attribute that is a list", world.changed(|c| c["attributes"] = json!({"a": [1]}))),
        (
            "too many attributes",
            world.changed(|c| c["attributes"] = (0..21).map(|n| (n.to_string(), json!(n))).collect()),
        ),
    ] {
        let answer = world.shows("mallory", &jwt).await;
        assert_eq!(refusal(answer), Refusal::IdentityRefused, "{what}");
    }
    let expired = world.changed(|c| c["exp"] = (world.seconds() - 60).into());
    let answer = world.shows("mallory", &expired).await;
    assert_eq!(refusal(answer), Refusal::IdentityExpired);

    // And the same, as it should be.
    let good = sealed(&json!({"alg": "EdDSA", "kid": eddsa.id}), &claims, |text| pair.sign(text).as_ref().to_vec());
    for jwt in [good, shop(&claims), world.changed(|c| c["aud"] = json!(["another", SHOP_KEY]))] {
        world.shows("ana", &jwt).await.unwrap();
    }
    assert_eq!(refusal(world.desk.visitor(&token("mallory")).await), Refusal::SignedOut);
}

#[tokio::test]
async fn no_bit_of_a_token_may_be_another() {
    let world = World::empty().await;
    let keys = world.desk.identity_keys();
    let pair = signature::Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
    let public = signature::KeyPair::public_key(&pair).as_ref().to_vec();
    keys.add(SHOP_KEY, Algorithm::EdDsa, Some(&base64(public))).await.unwrap();
    let claims = world.claims("u1");
    let eddsa = sealed(&json!({"alg": "EdDSA"}), &claims, |text| pair.sign(text).as_ref().to_vec());

    let mut tried = 0;
    for jwt in [shop(&claims), eddsa] {
        let bits = jwt.len() * 8;
        for n in 0..5_000 {
            // Every bit of it at least once, then pairs of them.
            let mut bytes = jwt.clone().into_bytes();
            bytes[n % bits / 8] ^= 1 << (n % 8);
            if n >= bits {
                let other = n * 7_919 % bits;
                bytes[other / 8] ^= 1 << (other % 8);
            }
            let Ok(flipped) = String::from_utf8(bytes) else {
                tried += 1;
                continue;
            };
            if flipped == jwt {
                continue;
            }
            let answer = keys.read(SHOP_KEY, &flipped).await;
            assert!(matches!(answer, Err(Error::Refused(Refusal::IdentityRefused))), "{n}: {flipped}");
            tried += 1;
        }
        assert!(bits < 5_000, "not every bit was tried");
        keys.read(SHOP_KEY, &jwt).await.unwrap();
    }
    assert!(tried >= 9_990, "{tried}");
}

#[tokio::test]
async fn keys_change_without_a_gap_and_a_revoked_one_is_dead_at_once() {
    let world = World::empty().await;
    let keys = world.desk.identity_keys();
    let added = keys.add(SHOP_KEY, Algorithm::Hs256, None).await.unwrap();
    let claims = world.claims("u1");
    let secret = added.secret.unwrap();
    let named = sealed(&json!({"alg": "HS256", "kid": added.id}), &claims, hs256(secret.as_bytes()));
    let unnamed = sealed(&json!({"alg": "HS256"}), &claims, hs256(secret.as_bytes()));

    for jwt in [&named, &unnamed, &shop(&claims)] {
        keys.read(SHOP_KEY, jwt).await.unwrap();
    }
    keys.revoke(SHOP_KEY, &added.id).await.unwrap();

    for jwt in [&named, &unnamed] {
        assert_eq!(refusal(keys.read(SHOP_KEY, jwt).await), Refusal::IdentityRefused);
    }
    keys.read(SHOP_KEY, &shop(&claims)).await.unwrap();
    assert_eq!(refusal(keys.revoke(SHOP_KEY, &added.id).await), Refusal::NotYours, "once is enough");
    let listed = desk::identity::list(&world.settings.database, SHOP_KEY).await.unwrap();
    assert_eq!(listed.iter().filter(|key| key.revoked_at.is_some()).count(), 1);
}

#[tokio::test]
async fn keys_have_a_limit_and_belong_to_one_application() {
    let world = World::empty().await;
    let keys = world.desk.identity_keys();
    for _ in 1..desk::identity::KEYS_LIMIT {
        keys.add(SHOP_KEY, Algorithm::Hs256, None).await.unwrap();
    }

    let limit = desk::identity::KEYS_LIMIT as u32;
    assert_eq!(refusal(keys.add(SHOP_KEY, Algorithm::Hs256, None).await), Refusal::Full { limit });
    let mine = keys.add(CATALOGUE_KEY, Algorithm::Hs256, None).await.unwrap();
    assert_eq!(refusal(keys.revoke(SHOP_KEY, &mine.id).await), Refusal::NotYours);
    assert_eq!(refusal(keys.add("pk_nobody", Algorithm::Hs256, None).await), Refusal::NotYours);
    for odd in ["", "not base64 at all", "AAAA", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"] {
        let wrong = Refusal::FieldWrong { field: "public".into() };
        assert_eq!(refusal(keys.add(CATALOGUE_KEY, Algorithm::EdDsa, Some(odd)).await), wrong, "{odd}");
    }
    let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
    keys.add(CATALOGUE_KEY, Algorithm::EdDsa, Some(pem)).await.unwrap();
}

#[tokio::test]
async fn a_copy_of_the_database_signs_nothing() {
    let world = World::empty().await;
    let added = world.desk.identity_keys().add(SHOP_KEY, Algorithm::Hs256, None).await.unwrap();
    let secret = added.secret.unwrap();

    let rows = world.look().await.fetch_all("select material from identity_keys").await.unwrap();

    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    for row in rows {
        let material: String = row.try_get(0).unwrap();
        for plain in [&secret, SHOP_SECRET] {
            assert!(!material.contains(plain) && !material.contains(&hex(plain)), "{material}");
        }
    }
}

#[tokio::test]
async fn what_is_typed_reveals_and_changes_nobody() {
    let mut world = World::open().await;
    world.leaves_ticket("ana", "u1", Status::New).await;

    let mut open = world.form("mallory", "returns");
    open.answers[0].value = "u1 of the shop".into();
    open.answers[1].value = "u1@shop.example".into();
    world.desk.open_chat(&token("mallory"), &open).await.unwrap();

    let chat = world.chat(&open.id).await;
    assert!(!chat.verified);
    assert!(world.related("mallory").await.is_empty());
    let rows = world.look().await.fetch_all("select name from customers where verified = 1").await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_ne!(chat.customer.id, world.screen(MARTA, &open.id).await.chat.unwrap().group.id);
    let Caller::Visitor(ana) = world.caller("ana").await else { panic!("not a visitor") };
    assert_ne!(chat.customer.id, ana.customer);
}

#[tokio::test]
async fn where_identity_is_required_a_typed_name_is_an_answer_and_no_name() {
    let mut world = World::open().await;
    let set = format!("update applications set setup = '{{\"identity_required\":true}}' where key = '{SHOP_KEY}'");
    world.look().await.execute(AssertSqlSafe(set)).await.unwrap();

    let chat = world.starts("mallory", "returns").await;
    world.identifies("ana", "u1").await.unwrap();
    let proved = world.starts("ana", "returns").await;

    let chat = world.chat(&chat).await;
    assert_eq!((chat.customer.name.as_str(), chat.verified), ("", false));
    assert_eq!(chat.answers[0].value, "mallory");
    assert_eq!(world.chat(&proved).await.customer.name, "u1 of the shop");
}

#[tokio::test]
async fn a_page_says_nothing_otherwise_than_it_was_signed() {
    let mut world = World::open().await;
    world.identifies("ana", "u1").await.unwrap();
    let said = |key: &str, value: &str| Attribute { key: key.into(), value: value.into(), signed: true };
    let mut open = world.form("ana", "returns");
    open.attributes = vec![said("Plan", "gold"), said("cart", "129 €")];
    world.desk.open_chat(&world.token("ana"), &open).await.unwrap();
    world.comes("ana").await;

    let more = Act::Describe { attributes: vec![said("plan", "free"), said("cart", "0 €")] };
    world.does("ana", &open.id, more.clone()).await.unwrap();

    let known = world.chat(&open.id).await.attributes;
    let unsigned = Attribute { signed: false, ..said("cart", "0 €") };
    assert_eq!(known, [said("orders", "3"), said("plan", "pro"), unsigned]);
    assert_eq!(world.does("ana", &open.id, more).await.unwrap(), [], "nothing new is nothing");
    let many = Act::Describe { attributes: vec![said("a", "b"); 21] };
    assert_eq!(refusal(world.does("ana", &open.id, many).await), Refusal::Full { limit: 20 });
    let mine = Act::Identify { customer: world.chat(&open.id).await.customer, attributes: vec![said("plan", "gold")] };
    assert_eq!(refusal(world.does("ana", &open.id, mine).await), Refusal::NotYours, "a browser proves nothing");
}

#[tokio::test]
async fn a_customer_goes_on_with_a_ticket_of_his_and_leaves_no_other() {
    let mut world = World::open().await;
    let ticket = world.leaves_ticket("phone", "u1", Status::Stopped).await;
    world.identifies("laptop", "u1").await.unwrap();
    assert_eq!(world.related("laptop").await.as_slice(), std::slice::from_ref(&ticket));

    let chat = world.goes_on("laptop", &ticket.id).await.unwrap();
    assert_eq!(world.chat(&chat).await.related, Some(ticket.clone()));
    world.says("laptop", &chat, "It broke again.").await;
    world.does(INES, &chat, Act::Attend).await.unwrap();
    world.does(INES, &chat, Act::Close).await.unwrap();

    assert_eq!(world.count("select count(*) from tickets").await, 1);
    let (agent, number) = (world.agent(INES).clone(), world.chat(&chat).await.number);
    let history = world.desk.ticket_history(&agent, &ticket.id).await.unwrap();
    let last = history.last().unwrap();
    assert_eq!(last.event, TicketEvent::WentOn { chat: chat.clone(), number });
    let found = world.desk.ticket_of_chat(&agent, &chat).await.unwrap().unwrap();
    assert_eq!((found.id, found.status), (ticket.id, Status::Stopped));
    assert_eq!(last.at, found.changed_at);
}

#[tokio::test]
async fn words_for_a_ticket_that_was_merged_meanwhile_go_where_it_went() {
    let mut world = World::open().await;
    let ticket = world.leaves_ticket("phone", "u1", Status::Stopped).await;
    world.identifies("laptop", "u1").await.unwrap();
    let chat = world.goes_on("laptop", &ticket.id).await.unwrap();
    world.says("laptop", &chat, "It broke again.").await;
    world.does(INES, &chat, Act::Attend).await.unwrap();
    let other = world.opens_ticket(INES, "returns", "Lamps").await;
    let merge = TicketAct::Merge { number: other.number };
    world.desk.save_ticket(world.agent(INES), &ticket.id, &world.id(), &merge).await.unwrap();

    world.does(INES, &chat, Act::Close).await.unwrap();

    let whole = world.desk.ticket(world.agent(INES), &other.id).await.unwrap();
    assert!(whole.chats.iter().any(|linked| linked.chat == chat), "{whole:?}");
    assert_eq!(world.count("select count(*) from tickets").await, 2);
}

#[tokio::test]
async fn a_ticket_is_found_by_the_address_that_was_signed_last_and_by_none_before() {
    let mut world = World::open().await;
    let ticket = world.leaves_ticket("laptop", "u1", Status::Stopped).await;
    world.until_indexed().await;
    let find = async |words: &str| {
        numbers(&world, INES, &Listed { words: words.into(), status: Wanted::Any, ..Listed::default() }).await
    };
    assert_eq!(find("u1@shop.example").await, [ticket.number]);

    let moved = world.changed(|claims| claims["email"] = json!("eva@shop.example"));
    world.shows("laptop", &moved).await.unwrap();
    world.until_indexed().await;

    assert_eq!(find("u1@shop.example").await, [0; 0]);
    assert_eq!(find("eva@shop.example").await, [ticket.number]);
}

/// So it is after an upgrade that indexes more words than before.
#[tokio::test]
async fn what_waits_for_its_words_alone_waits_for_more_once_it_changes() {
    let mut world = World::open().await;
    world.leaves_ticket("laptop", "u1", Status::Stopped).await;
    let other = world.opens_ticket(INES, "returns", "Lamps").await;
    world.until_indexed().await;
    let pool = world.look().await;
    for sql in [
        "insert into tickets_to_index (ticket_id, seq) select id, -1 from tickets",
        // None of them is done with, so that it can be seen for what each waits.
        "create table held (ticket_id text primary key references tickets_to_index (ticket_id))",
        "insert into held (ticket_id) select id from tickets",
    ] {
        pool.execute(sql).await.unwrap();
    }

    let moved = world.changed(|claims| claims["email"] = json!("eva@shop.example"));
    world.shows("laptop", &moved).await.unwrap();
    world.changes(INES, &other, vec![Change::Subject("Chairs".into())]).await.unwrap();

    assert_eq!(world.count("select count(*) from tickets_to_index").await, 2);
    assert_eq!(world.count("select count(*) from tickets_to_index where seq = -1").await, 0);
}

#[tokio::test]
async fn an_agent_of_another_group_does_not_read_the_ticket_that_is_gone_on_with() {
    let mut world = World::open().await;
    let ticket = world.leaves_ticket("ana", "u1", Status::New).await;
    let mut open = world.form("ana", "choose");
    open.related = Some(ticket.id.clone());
    world.desk.open_chat(&world.token("ana"), &open).await.unwrap();
    world.comes("ana").await;
    world.does(LUCIA, &open.id, Act::Attend).await.unwrap();

    let of = async |who| world.desk.ticket_of_chat(world.agent(who), &open.id).await.unwrap();

    assert_eq!(of(LUCIA).await, None);
    assert_eq!(of(MARTA).await.map(|ticket| ticket.id), Some(ticket.id));
}

#[tokio::test]
async fn nobody_else_goes_on_with_it_or_learns_that_it_is_there() {
    let mut world = World::open().await;
    let open = world.leaves_ticket("ana", "u1", Status::New).await;
    let done: Vec<Related> = {
        let mut done = Vec::new();
        for status in [Status::Resolved, Status::Closed, Status::Canceled] {
            done.push(world.leaves_ticket("ana", "u1", status).await);
        }
        done
    };
    world.identifies("eva", "u2").await.unwrap();
    world.sends_the_form("mallory", "returns").await;
    let mine = world.related("ana").await;

    assert_eq!(mine.as_slice(), std::slice::from_ref(&open), "what is completed is not gone on with (R19)");
    assert!(world.related("eva").await.is_empty() && world.related("mallory").await.is_empty());
    // Another's, a completed one, none at all: one answer, and nothing has begun.
    for (browser, id) in
        [("eva", &*open.id), ("ana", &*done[0].id), ("ana", &*done[2].id), ("ana", "nobody"), ("nobody", &*open.id)]
    {
        assert_eq!(refusal(world.goes_on(browser, id).await), Refusal::NotYours, "{browser}: {id}");
    }
    assert_eq!(world.count("select count(*) from chats where stage = 'waiting'").await, 1);
}

#[tokio::test]
async fn a_conversation_without_words_adds_nothing_to_the_ticket() {
    let mut world = World::open().await;
    let ticket = world.leaves_ticket("ana", "u1", Status::New).await;
    let chat = world.goes_on("ana", &ticket.id).await.unwrap();

    world.does("ana", &chat, Act::Close).await.unwrap();

    let history = world.desk.ticket_history(&world.agent(INES).clone(), &ticket.id).await.unwrap();
    assert!(!history.iter().any(|entry| matches!(entry.event, TicketEvent::WentOn { .. })));
    assert_eq!(world.count("select count(*) from tickets").await, 1);
}

/// In the console, as on the command line.
#[tokio::test]
async fn administrators_change_keys_and_see_when_the_old_one_is_not_used_any_more() {
    let world = World::empty().await;
    let (marta, lucia) = (world.signed(MARTA).await, world.signed(LUCIA).await);
    let shop_id: String = {
        let sql = AssertSqlSafe(format!("select id from applications where key = '{SHOP_KEY}'"));
        world.look().await.fetch_one(sql).await.unwrap().get(0)
    };
    let old = world.desk.keys(&marta.agent, &shop_id).await.unwrap();
    world.clock.advance(Span::secs(1));
    let name = world.id();
    let add = async |who: &Signed, application: &str, id: &str, public: Option<&str>| {
        world.desk.add_key(who, application, id, public, &here()).await
    };
    let added = add(&marta, &shop_id, &name, None).await.unwrap();
    // Whose answer was lost asks again, and there is one key. Nobody else reads a secret in this way.
    assert_eq!(add(&marta, &shop_id, &name, None).await.unwrap(), added);
    assert_eq!(refusal(add(&marta, &shop_id, &old[0].id, None).await), Refusal::NotYours);
    let claims = world.claims("u1");
    let jwt = sealed(&json!({"alg": "HS256"}), &claims, hs256(added.secret.unwrap().as_bytes()));
    let keys = world.desk.identity_keys();

    for jwt in [&shop(&claims), &jwt] {
        keys.read(SHOP_KEY, jwt).await.unwrap();
    }
    world.until("select count(*) from identity_keys where used_at is not null", 2).await;
    world.clock.advance(Span::minutes(5));
    keys.read(SHOP_KEY, &jwt).await.unwrap();
    let now = world.desk.now().0;
    world.until(&format!("select count(*) from identity_keys where used_at = {now}"), 1).await;

    let listed = world.desk.keys(&marta.agent, &shop_id).await.unwrap();
    let used: Vec<_> = listed.iter().map(|key| key.used_at.map(|at| (world.desk.now() - at).as_secs())).collect();
    assert_eq!((old.len(), old[0].used_at, used), (1, None, vec![Some(300), Some(0)]));
    let kept = world.desk.revoke_key(&marta, &shop_id, &old[0].id, &here()).await.unwrap();
    assert_eq!((kept[0].revoked_at, kept[1].revoked_at), (Some(world.desk.now()), None));
    world.desk.revoke_key(&marta, &shop_id, &old[0].id, &here()).await.unwrap();
    assert_eq!(refusal(keys.read(SHOP_KEY, &world.changed(|_| ())).await), Refusal::IdentityRefused);
    let filter = Filter { by: Some(marta.agent.face.id.clone()), ..Filter::default() };
    let lines = world.desk.audit(&marta.agent, &filter, None).await.unwrap().lines;
    let done: Vec<_> = lines.iter().filter(|l| [Kind::KeyAdded, Kind::KeyRevoked].contains(&l.kind)).collect();
    assert_eq!(done.iter().map(|line| line.kind).collect::<Vec<_>>(), [Kind::KeyRevoked, Kind::KeyAdded], "each once");
    assert_eq!((&done[0].about, &*done[0].address), (&About::Thing(old[0].id.clone()), "203.0.113.0"));
    // Whoever does not administer the system, and what is not there.
    let only = Refusal::OnlyAdministrators;
    assert_eq!(refusal(world.desk.keys(&lucia.agent, &shop_id).await), only);
    assert_eq!(refusal(add(&lucia, &shop_id, &world.id(), None).await), only);
    assert_eq!(refusal(world.desk.revoke_key(&lucia, &shop_id, &added.id, &here()).await), only);
    assert_eq!(refusal(add(&marta, "nowhere", &world.id(), None).await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.revoke_key(&marta, "nowhere", &added.id, &here()).await), Refusal::NotYours);
    assert_eq!(refusal(add(&marta, &shop_id, "short", None).await), Refusal::Malformed);
    assert_eq!(refusal(add(&marta, &shop_id, &name, None).await), Refusal::NotYours, "five minutes later");
    let odd = add(&marta, &shop_id, &world.id(), Some("no key")).await;
    assert_eq!(refusal(odd), Refusal::FieldWrong { field: "public".into() });
}
