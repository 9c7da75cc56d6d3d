//! A small believable world to look at: two applications, three groups, four agents.

use crate::article::{self, Article};
use crate::database::flag;
use crate::people::{self, New};
use crate::{Answer, Desk, canned, house, random};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::application::{Field, FieldKind, Kind, Setup, Texts};
use domain::canned::{Canned, Scope};
use domain::channel::{Channel, ChannelKind};
use domain::house::{House, OwnField, OwnKind, OwnStatus};
use domain::presence::PATIENCE;
use domain::rating::Scale;
use domain::{Status, Time};
use ring::hmac;
use sqlx::AnyConnection;

/// Somebody who may sign in to the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    pub name: String,
    pub email: String,
    pub password: String,
    /// What he may do, in a few words of Spanish.
    pub role: String,
}

/// The keys of the demo's two applications, as in their snippets.
pub const SHOP_KEY: &str = "pk_casanogal0tiendaweb";
pub const CATALOGUE_KEY: &str = "pk_casanogal0catalogo1";

/// With this the demo's shop signs who its customers are. Everybody may read it: it is nobody's secret.
pub const SHOP_SECRET: &str = "a-secret-that-only-the-demo-shop-may-have";

/// Somebody who buys in the demo's shop, and may sign in to it.
pub struct Buyer {
    /// What the shop knows him by.
    pub subject: &'static str,
    pub name: &'static str,
    pub email: &'static str,
    plan: &'static str,
}

impl Buyer {
    pub fn short(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or(self.name)
    }
}

pub const PEOPLE: [Buyer; 2] = [
    Buyer { subject: "ana", name: "Ana Belmonte", email: "ana@correo.example", plan: "Socia desde 2019" },
    Buyer { subject: "bruno", name: "Bruno Sáez", email: "bruno@correo.example", plan: "Primera compra" },
];

/// What the shop's server signs of him, for an hour at most.
pub fn sign(buyer: &Buyer, now: Time) -> String {
    let base64 = |text: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(text);
    let claims = serde_json::json!({
        "sub": buyer.subject, "aud": SHOP_KEY, "exp": now.0 / 1000 + 3_600, "name": buyer.name, "email": buyer.email,
        "attributes": { "plan": buyer.plan },
    });
    let signed = [base64(b"{\"alg\":\"HS256\"}"), base64(claims.to_string().as_bytes())].join(".");
    let key = hmac::Key::new(hmac::HMAC_SHA256, SHOP_SECRET.as_bytes());
    [&signed, ".", &base64(hmac::sign(&key, signed.as_bytes()).as_ref())].concat()
}

const PASSWORD: &str = "una-clave-de-muestra";

struct Person {
    name: &'static str,
    email: &'static str,
    role: &'static str,
    sequence: bool,
    system: bool,
    /// Group, attendant, administrator.
    groups: &'static [(&'static str, bool, bool)],
}

const GROUPS: [(&str, &str); 3] =
    [("orders", "Pedidos y envíos"), ("returns", "Devoluciones y garantías"), ("choose", "Ayuda para elegir")];

const TEAM: [Person; 4] = [
    Person {
        name: "Inés Robledo",
        email: "ines@casanogal.example",
        role: "atiende Devoluciones y Pedidos; administra Devoluciones",
        sequence: false,
        system: false,
        groups: &[("returns", true, true), ("orders", true, false)],
    },
    Person {
        name: "Tomás Vidal",
        email: "tomas@casanogal.example",
        role: "atiende Pedidos y Devoluciones, con secuencia",
        sequence: true,
        system: false,
        groups: &[("orders", true, false), ("returns", true, false)],
    },
    Person {
        name: "Lucía Cano",
        email: "lucia@casanogal.example",
        role: "atiende Ayuda para elegir",
        sequence: false,
        system: false,
        groups: &[("choose", true, false)],
    },
    Person {
        name: "Marta Ortiz",
        email: "marta@casanogal.example",
        role: "administra todo y no atiende",
        sequence: false,
        system: true,
        groups: &[("orders", false, true), ("returns", false, true)],
    },
];

macro_rules! article {
    ($lang:literal, $name:literal) => {
        ($lang, concat!("demo-", $lang, "-", $name), include_str!(concat!("../demo/", $lang, "-", $name, ".md")))
    };
}

/// Language, id, text.
const ARTICLES: [(&str, &str, &str); 8] = [
    article!("es", "devolver-un-mueble"),
    article!("es", "cuando-devolvemos-el-dinero"),
    article!("es", "cambios-de-medida"),
    article!("es", "envios-y-plazos"),
    article!("es", "llego-roto"),
    article!("es", "cuidar-la-madera"),
    article!("pt", "devolver-um-movel"),
    article!("en", "returning-furniture"),
];

/// What everybody of Casa Nogal may insert: shortcut and text.
const CANNED: [(&str, &str); 3] = [
    ("gracias", "Gracias por escribirnos, {{customer}}. Si necesitas algo más, aquí estamos."),
    ("pedido", "¿Me das el número de tu pedido, {{customer}}? Con él lo busco enseguida."),
    ("foto", "¿Puedes enviarme una foto, {{customer}}? Queda guardada en tu solicitud {{ticket}}."),
];

impl Desk {
    /// Fills an empty deployment; changes nothing where somebody works already. `sites` are the
    /// origins of the demo shop. Answers with the logins to print.
    pub async fn seed_demo(&self, sites: &[String]) -> Answer<Vec<Login>> {
        if !people::are_there(&self.0.database.reader).await? {
            self.plant().await?;
        }
        self.allow(sites).await?;
        let login = |p: &Person| Login {
            name: p.name.into(),
            email: p.email.into(),
            password: PASSWORD.into(),
            role: p.role.into(),
        };
        Ok(TEAM.iter().map(login).collect())
    }

    async fn plant(&self) -> Answer<()> {
        let password = self.hash(PASSWORD).await?;
        let now = self.now();
        let mut tx = self.0.database.begin().await?;
        for (id, name) in GROUPS {
            sqlx::query("insert into groups (id, name) values ($1, $2)").bind(id).bind(name).execute(&mut *tx).await?;
        }
        for person in &TEAM {
            let id = random::id(now)?;
            let new = New {
                id: id.clone(),
                name: person.name.into(),
                email: person.email.into(),
                sequence: person.sequence,
                system: person.system,
                lang: "es".into(),
            };
            people::keep(&mut tx, &new, &password, now).await?;
            for (group, attendant, administrator) in person.groups {
                sqlx::query(
                    "insert into memberships (group_id, agent_id, attendant, administrator) values ($1, $2, $3, $4)",
                )
                .bind(*group)
                .bind(id.as_str())
                .bind(flag(*attendant))
                .bind(flag(*administrator))
                .execute(&mut *tx)
                .await?;
            }
        }
        let form = [
            ("name", "Nombre", FieldKind::Name, true),
            ("email", "Correo electrónico", FieldKind::Email, true),
            ("order", "Número de pedido", FieldKind::Text, false),
        ];
        let shop = Application {
            id: "shop",
            key: SHOP_KEY,
            name: "Casa Nogal",
            accent: "#2a49b8",
            title: "¿Hablamos?",
            shows: "Both",
            setup: Setup { channels: channels(), kind: Kind::Both, texts: titles(), ..Setup::default() },
        };
        plant_application(&mut tx, &shop, &form, &["orders", "returns", "choose"], now.0).await?;
        let catalogue = Application {
            id: "catalogue",
            key: CATALOGUE_KEY,
            name: "Catálogo",
            accent: "#0f5a3f",
            title: "Te ayudamos a elegir",
            shows: "Position",
            setup: Setup { rating: Scale::Satisfied, ..Setup::default() },
        };
        plant_application(&mut tx, &catalogue, &form[..1], &["choose"], now.0).await?;
        for (lang, id, text) in ARTICLES {
            article::keep(&mut tx, &Article::of_markdown(id, lang, text), &["shop"], now.0).await?;
        }
        house::keep(&mut tx, &house_of_demo()).await?;
        for (shortcut, text) in CANNED {
            let (scope, shortcut, text) = (Scope::House, shortcut.into(), text.into());
            let canned = Canned { id: random::id(now)?, scope, shortcut, text, changed_at: None };
            canned::insert(&mut tx, &canned, ("House", ""), "demo", now).await?;
        }
        tx.commit().await?;
        self.0.keys.add_known(SHOP_KEY, SHOP_SECRET).await?;
        Ok(())
    }

    /// Lets these sites show the demo's applications: its ports may change from start to start.
    async fn allow(&self, sites: &[String]) -> Answer<()> {
        for application in ["shop", "catalogue"] {
            for site in sites {
                sqlx::query(
                    "insert into application_sites (application_id, origin) select id, $1 from applications where id = $2 \
                     on conflict (application_id, origin) do nothing",
                )
                .bind(site.as_str())
                .bind(application)
                .execute(&self.0.database.writer)
                .await?;
            }
        }
        Ok(())
    }
}

struct Application {
    id: &'static str,
    key: &'static str,
    name: &'static str,
    accent: &'static str,
    title: &'static str,
    shows: &'static str,
    setup: Setup,
}

/// What the launcher of Casa Nogal says in the two languages that are not its own.
fn titles() -> Vec<Texts> {
    [("pt", "Vamos conversar?"), ("en", "Shall we talk?")]
        .map(|(lang, title)| Texts { lang: lang.into(), title: title.into(), ..Texts::default() })
        .into()
}

fn channels() -> Vec<Channel> {
    let channel = |kind, label: &str, to: &str| Channel { kind, label: label.into(), to: to.into() };
    vec![
        channel(ChannelKind::Whatsapp, "WhatsApp", "+34 600 000 123"),
        channel(ChannelKind::Phone, "", "+34 910 000 123"),
        channel(ChannelKind::Email, "", "hola@casanogal.example"),
    ]
}

/// What Casa Nogal has of its own for its tickets.
fn house_of_demo() -> House {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let status = |id: &str, name: &str, base, asks, reasons: &[&str]| OwnStatus {
        id: id.into(),
        name: name.into(),
        base,
        asks,
        reasons: texts(reasons),
    };
    let field = |id: &str, label: &str, kind, options: &[&str]| OwnField {
        id: id.into(),
        label: label.into(),
        kind,
        required: false,
        options: texts(options),
    };
    House {
        statuses: vec![
            status("workshop", "En el taller", Status::InAttendance, false, &[]),
            status(
                "part",
                "Espera la pieza",
                Status::Stopped,
                true,
                &["Del proveedor", "Del almacén", "Del transportista"],
            ),
            status("refunded", "Reembolsado", Status::Resolved, true, &[]),
        ],
        fields: vec![
            field("order", "Número de pedido", OwnKind::Text, &[]),
            field("service", "Servicio", OwnKind::Choice, &["Garantía", "Transporte", "Montaje", "Facturación"]),
            field("pickup", "Recogida el", OwnKind::Date, &[]),
            field("refund", "Importe devuelto", OwnKind::Number, &[]),
            field("photos", "Con fotos", OwnKind::YesNo, &[]),
        ],
    }
}

async fn plant_application(
    conn: &mut AnyConnection,
    new: &Application,
    form: &[(&str, &str, FieldKind, bool)],
    groups: &[&str],
    now: i64,
) -> Answer<()> {
    let fields: Vec<Field> = form
        .iter()
        .map(|(key, label, kind, required)| Field {
            key: (*key).into(),
            label: (*label).into(),
            kind: *kind,
            required: *required,
            options: Vec::new(),
            consent: None,
        })
        .collect();
    sqlx::query(
        "insert into applications (id, key, name, accent, expanded, title, fields, wait_shows, patience, created_at, setup) \
         values ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10)",
    )
    .bind(new.id)
    .bind(new.key)
    .bind(new.name)
    .bind(new.accent)
    .bind(new.title)
    .bind(serde_json::to_string(&fields)?)
    .bind(new.shows)
    .bind(PATIENCE.0)
    .bind(now)
    .bind(serde_json::to_string(&new.setup)?)
    .execute(&mut *conn)
    .await?;
    for (place, group) in groups.iter().enumerate() {
        sqlx::query("insert into application_groups (application_id, group_id, place) values ($1, $2, $3)")
            .bind(new.id)
            .bind(*group)
            .bind(place as i64)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}
