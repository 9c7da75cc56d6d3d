//! What administrators set.

use super::things::{carla, named};
use domain::agent::{Change as AgentChange, Kept, Line as AgentLine};
use domain::application::Called;
use domain::distribution::{Distribution, Order};
use domain::first_run::FirstRun;
use domain::group::change::{Change as GroupChange, Groups, Line as GroupLine, Member, Sheet};
use domain::house::change::{Change, Entry, List, Piece};
use domain::house::{OwnField, OwnKind, OwnStatus};
use domain::parameters::{Addresses, Parameters};
use domain::tag::{Change as TagChange, Line as TagLine};
use domain::{Status, Time};

fn status() -> OwnStatus {
    let reasons = vec!["Del proveedor".into()];
    OwnStatus { id: "part".into(), name: "Espera la pieza".into(), base: Status::Stopped, asks: true, reasons }
}

pub fn pieces() -> [Piece; 2] {
    let options = vec!["Nogal".into()];
    let field = OwnField { id: "wood".into(), label: "Madera".into(), kind: OwnKind::Choice, required: true, options };
    [Piece::Status(status()), Piece::Field(field)]
}

pub fn house_entry() -> Entry {
    Entry { piece: Piece::Status(status()), retired: true, used: true }
}

pub fn house_changes() -> [Change; 4] {
    let id = || "part".to_owned();
    [
        Change::Keep { piece: Piece::Status(status()), read: None },
        Change::Move { list: List::Statuses, id: id(), before: Some("workshop".into()) },
        Change::Retire { list: List::Fields, id: id(), retired: true },
        Change::Drop { list: List::Statuses, id: id() },
    ]
}

fn sheet() -> Sheet {
    let member = Member { agent: "a1".into(), attendant: true, administrator: false, limit: Some(3) };
    let distribution = Some(Distribution { order: Order::LeastBusy, limit: 2, answer_within: 60 });
    let (id, name, applications) = ("g1".into(), "Ventas".into(), vec!["p1".into()]);
    Sheet { id, name, distribution, alarm_after: 300, members: vec![member], applications }
}

pub fn groups() -> Groups {
    let lines = vec![GroupLine { sheet: sheet(), retired: true }];
    Groups {
        lines,
        people: vec![carla()],
        applications: vec![named("p1", "Casa Nogal")],
        limits: vec![("a1".into(), 3)],
    }
}

pub fn group_changes() -> [GroupChange; 2] {
    [
        GroupChange::Keep { sheet: sheet(), read: Some(sheet()) },
        GroupChange::Retire { group: "g1".into(), retired: true },
    ]
}

pub fn agents_kept() -> Kept {
    let line = AgentLine {
        face: carla(),
        email: "carla@casanogal.example".into(),
        system: true,
        sequence: false,
        disabled: false,
        invited: true,
        factor: false,
    };
    Kept { lines: vec![line], link: Some("a secret".into()) }
}

pub fn agent_changes() -> [AgentChange; 7] {
    let email = || "carla@casanogal.example".to_owned();
    [
        AgentChange::Invite { name: "Carla Ruiz".into(), email: email(), system: true },
        AgentChange::Link,
        AgentChange::Address { email: email(), read: "c@casanogal.example".into() },
        AgentChange::System(true),
        AgentChange::Sequence(false),
        AgentChange::Disabled(true),
        AgentChange::ResetFactor,
    ]
}

pub fn first_run() -> FirstRun {
    FirstRun {
        begun: true,
        organisation: "Casa Nogal".into(),
        group: Some(named("g1", "Ventas")),
        application: Some(named("p1", "Casa Nogal")),
        has_site: true,
        called: Some(Called { at: Time(9), from: "https://casanogal.example".into() }),
    }
}

pub fn parameters() -> Parameters {
    Parameters {
        invite_customer: false,
        invite_owner: true,
        zone: "America/Sao_Paulo".into(),
        organisation: "Casa Nogal".into(),
        language: "pt".into(),
        minimum_wait: 5,
        keep_messages: 365,
        keep_files: 90,
        keep_tickets: 730,
        keep_addresses: Addresses::Whole,
        keep_people: 1_095,
        customer_grace: 30,
        agent_grace: 45,
        unsaved_takes_room: true,
        count_inner: true,
    }
}

pub fn tag_line() -> TagLine {
    TagLine { tag: "rota".into(), tickets: 3, retired: true, becomes: Some("roto".into()) }
}

pub fn tag_changes() -> [TagChange; 3] {
    let tag = || "rota".to_owned();
    [
        TagChange::Rename { tag: tag(), to: "roto".into() },
        TagChange::Merge { tag: tag(), into: "roto".into() },
        TagChange::Retire { tag: tag(), retired: true },
    ]
}
