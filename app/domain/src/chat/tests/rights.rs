//! Who may do what: a column per asker, a row per stage and act. `done`: something happens;
//! `same`: the wish is already so; else the refusal.

use crate::world::*;
use crate::{Act, Time};

const ASKERS: [&str; 10] = [CUSTOMER, "another customer", CARLA, DIEGO, ELENA, MARTA, SERGIO, OLGA, SIMON, "clock"];

/// Waiting: nobody is inside, and two are before it. Attended: by Carla; Marta watches. Ended: by Carla.
/// Everybody who can be missing is here, except in *gone*, where Ana and Carla are missing.
fn world(stage: &str) -> World {
    let mut world = match stage {
        "waiting" => World::waiting(),
        "attended" => World::attended().then(MARTA, Act::Watch),
        "gone" => World::attended().loses(CUSTOMER).loses(CARLA),
        "ended" => World::ended(),
        _ => panic!("no such stage: {stage}"),
    };
    world.place = 3;
    world
}

fn act(name: &str) -> Act {
    match name {
        "post" => post("hola"),
        "attach" => attach("foto.txt", 1),
        "note" => note("careful"),
        "whisper" => Act::Aside { whisper: true, text: "ask for the number".into() },
        "leave" => Act::Leave { since: START },
        "return" => Act::Return,
        "attend" => Act::Attend,
        "join" => Act::Join,
        "part" => Act::Part,
        "invite" => invite(FABIO),
        "close" => Act::Close,
        "leave-message" => leave_message("call me"),
        "remove" => Act::Remove,
        "to-group" => to_group("post"),
        "to-agent" => to_agent(FABIO),
        "watch" => Act::Watch,
        "unwatch" => Act::Unwatch,
        "abandon" => Act::Abandon,
        "resume" => Act::Resume,
        _ => panic!("no such act: {name}"),
    }
}

fn verdict(world: &World, asker: &str, act: &Act) -> String {
    match world.decide(&world.who(asker), act) {
        Ok(events) if events.is_empty() => "same".into(),
        Ok(_) => "done".into(),
        Err(why) => format!("{why:?}").split([' ', '{']).next().unwrap_or_default().into(),
    }
}

/// Compares a table with the rules, cell by cell.
fn holds(table: &str) {
    let mut rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|row| !row.is_empty());
    let head = rows.next().expect("a table has a head");
    assert_eq!(head, ["ana", "another", "carla", "diego", "elena", "marta", "sergio", "olga", "simon", "clock"]);
    for row in rows {
        let [stage, name, expected @ ..] = row.as_slice() else { panic!("a row is a stage, an act and its cells") };
        assert_eq!(expected.len(), ASKERS.len(), "{stage} {name}");
        for (asker, expected) in ASKERS.iter().zip(expected) {
            assert_eq!(verdict(&world(stage), asker, &act(name)), *expected, "{stage}: {asker} wants to {name}");
        }
    }
}

#[test]
fn words_are_for_the_customer_and_for_who_is_inside() {
    holds(
        "
                      ana      another  carla     diego     elena     marta     sergio    olga     simon     clock
        waiting  post done     NotYours NotInside NotInside NotInside NotInside NotInside NotYours NotInside NotYours
        attended post done     NotYours done      NotInside NotInside NotInside NotInside NotYours NotInside NotYours
        gone     post done     NotYours done      NotInside NotInside NotInside NotInside NotYours NotInside NotYours
        ended    post Ended    NotYours Ended     Ended     Ended     Ended     Ended     NotYours Ended     NotYours
        waiting  attach done   NotYours NotInside NotInside NotInside NotInside NotInside NotYours NotInside NotYours
        attended attach done   NotYours done      NotInside NotInside NotInside NotInside NotYours NotInside NotYours
        gone     attach done   NotYours done      NotInside NotInside NotInside NotInside NotYours NotInside NotYours
        ended    attach Ended  NotYours Ended     Ended     Ended     Ended     Ended     NotYours Ended     NotYours
        ",
    );
}

#[test]
fn asides_are_for_administrators_and_for_who_is_inside() {
    holds(
        "
                         ana      another  carla     diego     elena marta sergio    olga     simon clock
        waiting  note    NotYours NotYours NotInside NotInside done  done  NotInside NotYours done  NotYours
        attended note    NotYours NotYours done      NotInside done  done  NotInside NotYours done  NotYours
        attended whisper NotYours NotYours done      NotInside done  done  NotInside NotYours done  NotYours
        ended    note    NotYours NotYours Ended     Ended     Ended Ended Ended     NotYours Ended NotYours
        ended    whisper NotYours NotYours Ended     Ended     Ended Ended Ended     NotYours Ended NotYours
        ",
    );
}

#[test]
fn only_who_takes_part_can_be_missed() {
    holds(
        "
                        ana   another  carla diego elena marta sergio olga     simon clock
        waiting  leave  done  NotYours same  same  same  same  same   NotYours same  NotYours
        attended leave  done  NotYours done  same  same  same  same   NotYours same  NotYours
        gone     leave  same  NotYours same  same  same  same  same   NotYours same  NotYours
        ended    leave  same  NotYours same  same  same  same  same   NotYours same  NotYours
        waiting  return same  NotYours same  same  same  same  same   NotYours same  NotYours
        attended return same  NotYours same  same  same  same  same   NotYours same  NotYours
        gone     return done  NotYours done  same  same  same  same   NotYours same  NotYours
        ended    return same  NotYours same  same  same  same  same   NotYours same  NotYours
        ",
    );
}

#[test]
fn attendants_attend_and_one_in_sequence_only_the_first() {
    holds(
        "
                        ana      another  carla           diego           elena          marta           sergio          olga     simon          clock
        waiting  attend NotYours NotYours done            done            OnlyAttendants done            NotFirst        NotYours OnlyAttendants NotYours
        attended attend NotYours NotYours same            AlreadyAttended OnlyAttendants AlreadyAttended AlreadyAttended NotYours OnlyAttendants NotYours
        ended    attend NotYours NotYours Ended           Ended           OnlyAttendants Ended           Ended           NotYours OnlyAttendants NotYours
        ",
    );
}

#[test]
fn administrators_join_and_others_by_invitation() {
    holds(
        "
                        ana      another  carla       diego              elena       marta       sergio             olga     simon       clock
        waiting  join   NotYours NotYours NotAttended NotAttended        NotAttended NotAttended NotAttended        NotYours NotAttended NotYours
        attended join   NotYours NotYours same        OnlyAdministrators done        done        OnlyAdministrators NotYours done        NotYours
        ended    join   NotYours NotYours Ended       Ended              Ended       Ended       Ended              NotYours Ended       NotYours
        waiting  part   NotYours NotYours NotAttended NotAttended        NotAttended NotAttended NotAttended        NotYours NotAttended NotYours
        attended part   NotYours NotYours LastAgent   same               same        same        same               NotYours same        NotYours
        ended    part   NotYours NotYours Ended       Ended              Ended       Ended       Ended              NotYours Ended       NotYours
        waiting  invite NotYours NotYours NotAttended NotAttended        NotAttended NotAttended NotAttended        NotYours NotAttended NotYours
        attended invite NotYours NotYours done        NotInside          done        done        NotInside          NotYours done        NotYours
        ended    invite NotYours NotYours Ended       Ended              Ended       Ended       Ended              NotYours Ended       NotYours
        ",
    );
}

#[test]
fn a_queue_is_closed_by_staff_and_a_conversation_by_who_is_in_it() {
    holds(
        "
                        ana      another  carla      diego      elena      marta      sergio     olga     simon      clock
        waiting  close  done     NotYours done       done       done       done       done       NotYours done       NotYours
        attended close  done     NotYours done       NotInside  NotInside  NotInside  NotInside  NotYours NotInside  NotYours
        ended    close  Ended    NotYours Ended      Ended      Ended      Ended      Ended      NotYours Ended      NotYours
        waiting  remove NotYours NotYours done       done       done       done       done       NotYours done       NotYours
        attended remove NotYours NotYours NotWaiting NotWaiting NotWaiting NotWaiting NotWaiting NotYours NotWaiting NotYours
        ended    remove NotYours NotYours Ended      Ended      Ended      Ended      Ended      NotYours Ended      NotYours
        waiting  leave-message done NotYours NotYours   NotYours   NotYours   NotYours   NotYours   NotYours NotYours   NotYours
        attended leave-message NotWaiting NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours
        ended    leave-message Ended NotYours NotYours  NotYours   NotYours   NotYours   NotYours   NotYours NotYours   NotYours
        ",
    );
}

#[test]
fn administrators_redirect_and_so_does_who_is_inside() {
    holds(
        "
                          ana      another  carla              diego              elena marta sergio             olga     simon clock
        waiting  to-group NotYours NotYours OnlyAdministrators OnlyAdministrators done  done  OnlyAdministrators NotYours done  NotYours
        attended to-group NotYours NotYours done               OnlyAdministrators done  done  OnlyAdministrators NotYours done  NotYours
        ended    to-group NotYours NotYours Ended              Ended              Ended Ended Ended              NotYours Ended NotYours
        waiting  to-agent NotYours NotYours OnlyAdministrators OnlyAdministrators done  done  OnlyAdministrators NotYours done  NotYours
        attended to-agent NotYours NotYours done               OnlyAdministrators done  done  OnlyAdministrators NotYours done  NotYours
        ended    to-agent NotYours NotYours Ended              Ended              Ended Ended Ended              NotYours Ended NotYours
        ",
    );
}

#[test]
fn only_administrators_watch() {
    holds(
        "
                         ana      another  carla              diego              elena marta sergio             olga     simon clock
        waiting  watch   NotYours NotYours OnlyAdministrators OnlyAdministrators done  done  OnlyAdministrators NotYours done  NotYours
        attended watch   NotYours NotYours OnlyAdministrators OnlyAdministrators done  same  OnlyAdministrators NotYours done  NotYours
        ended    watch   NotYours NotYours Ended              Ended              Ended Ended Ended              NotYours Ended NotYours
        waiting  unwatch NotYours NotYours same               same               same  same  same               NotYours same  NotYours
        attended unwatch NotYours NotYours same               same               same  done  same               NotYours same  NotYours
        ended    unwatch NotYours NotYours same               same               same  same  same               NotYours same  NotYours
        ",
    );
}

#[test]
fn the_clock_asks_what_nobody_else_may() {
    holds(
        "
                         ana      another  carla    diego    elena    marta    sergio   olga     simon    clock
        waiting  abandon NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours TooSoon
        attended abandon NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours TooSoon
        gone     abandon NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours TooSoon
        ended    abandon NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours Ended
        waiting  resume  NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours done
        attended resume  NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours done
        ended    resume  NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours NotYours same
        ",
    );
}

#[test]
fn one_in_sequence_takes_the_first_and_learns_the_place_of_another() {
    let mut world = World::waiting();
    world.place = 2;

    assert_eq!(world.act(SERGIO, Act::Attend), Err(crate::Refusal::NotFirst { place: 2 }));
    world.place = 1;
    world.act(SERGIO, Act::Attend).unwrap();

    assert_eq!(world.inside(), [SERGIO]);
}

#[test]
fn whoever_is_late_is_told_who_was_faster() {
    let mut world = World::attended();

    let by = face(CARLA).name;
    assert_eq!(world.act(DIEGO, Act::Attend), Err(crate::Refusal::AlreadyAttended { by }));
    assert_eq!(world.inside(), [CARLA]);
}

#[test]
fn whoever_took_part_may_read_on_in_another_group_and_no_more() {
    let mut world = World::attended().then(CARLA, to_group("post"));

    assert!(world.chat.may_read(&world.seat(CARLA)));
    assert!(!world.chat.may_read(&world.seat(DIEGO)));
    for (act, why) in [
        (post("hola"), crate::Refusal::NotInside),
        (note("hola"), crate::Refusal::NotInside),
        (Act::Attend, crate::Refusal::OnlyAttendants),
        (Act::Close, crate::Refusal::OnlyAdministrators),
        (Act::Remove, crate::Refusal::OnlyAdministrators),
        (Act::Watch, crate::Refusal::OnlyAdministrators),
        (to_group("sales"), crate::Refusal::OnlyAdministrators),
    ] {
        assert_eq!(world.act(CARLA, act.clone()), Err(why), "{act:?}");
    }
}

#[test]
fn a_running_conversation_is_seen_by_administrators_and_by_who_takes_part() {
    let sees = |world: &World| {
        let all = [CARLA, DIEGO, FABIO, ELENA, MARTA, SERGIO, OLGA, SIMON];
        all.into_iter().filter(|who| world.chat.may_see(&world.seat(who))).collect::<Vec<_>>()
    };
    let handed_over = || World::attended().then(CARLA, to_agent(DIEGO));

    assert_eq!(sees(&World::waiting()), [ELENA, MARTA, SIMON]);
    assert_eq!(sees(&World::attended()), [CARLA, ELENA, MARTA, SIMON]);
    assert_eq!(sees(&World::attended().then(CARLA, invite(FABIO))), [CARLA, FABIO, ELENA, MARTA, SIMON]);
    assert_eq!(sees(&handed_over()), [CARLA, DIEGO, ELENA, MARTA, SIMON]);
    assert_eq!(sees(&handed_over().then(DIEGO, to_group("post"))), [CARLA, DIEGO, OLGA, SIMON]);
    assert_eq!(sees(&World::ended()), [CARLA, DIEGO, FABIO, ELENA, MARTA, SERGIO, SIMON]);
}

#[test]
fn doors_let_in_nothing_that_presence_and_the_clock_ask() {
    let kept_out = [Act::Leave { since: Time(0) }, Act::Return, Act::Abandon, Act::Resume];

    assert!(kept_out.iter().all(|act| !act.is_for_people()));
    for name in ["post", "note", "attend", "join", "part", "invite", "close", "remove", "to-group", "watch", "unwatch"]
    {
        assert!(act(name).is_for_people(), "{name}");
    }
}
