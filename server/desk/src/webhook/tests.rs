//! Where a webhook never goes, and how it is signed.

use super::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio::sync::Barrier;

fn allowed(hosts: &[&str]) -> Allowed {
    Allowed::read(&hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>()).unwrap()
}

/// S61 of quality.md.
#[test]
fn no_spelling_of_an_address_leads_inside() {
    for url in [
        "http://hooks.example/x",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://①②⑦.⓪.⓪.①/",
        "https://127。0。0。1/",
        "https://%31%32%37.0.0.1/",
        "https://0/",
        "https://0.0.0.0/",
        "https://10.0.0.8:8443/",
        "https://172.16.5.4/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://2852039166/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://hooks.example@127.0.0.1/",
        "https://user:secret@hooks.example/",
        "https:\\\\127.0.0.1\\x",
        "https://hooks.example:0/",
        "https://hooks.example/#x",
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "gopher://hooks.example/",
        "unix:/run/docker.sock",
        "//hooks.example/",
        "hooks.example",
        "https://",
        "",
    ] {
        assert!(Target::read(url, &Allowed::default()).is_none(), "{url}");
    }
    for url in
        ["https://hooks.example/x?y=1", "https://HOOKS.example:8443", "https://1.1.1.1/", "https://[2606:4700::1111]/"]
    {
        assert!(Target::read(url, &Allowed::default()).is_some(), "{url}");
    }
}

#[test]
fn the_operator_allows_a_host_by_its_name_and_its_port() {
    let some = allowed(&["intranet", "10.0.0.8:8080", "[::1]:80"]);
    for (url, may) in [
        ("http://intranet/x", true),
        ("https://intranet:9000/", true),
        ("http://10.0.0.8:8080/", true),
        ("http://10.0.0.8/", false),
        ("http://10.0.0.9:8080/", false),
        ("http://[::1]/", true),
        ("http://[::1]:81/", false),
        ("http://intranet.example/", false),
    ] {
        assert_eq!(Target::read(url, &some).is_some(), may, "{url}");
    }
    for wrong in ["", "http://x", "a b", "x/y", "u@x", "x:99999"] {
        assert!(Allowed::read(&[wrong.to_owned()]).is_none(), "{wrong}");
    }
}

#[tokio::test]
async fn a_name_that_stands_for_something_inside_is_not_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap();
    let target = Target::read(&format!("https://hooks.example:{}/", here.port()), &Allowed::default()).unwrap();
    let public: SocketAddr = "203.0.114.7:443".parse().unwrap();

    for stands_for in [vec![here], vec![public, here], vec!["[::ffff:10.0.0.1]:443".parse().unwrap()]] {
        let refused = target.connect(async |_: &str, _| Ok(stands_for.clone())).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::PermissionDenied, "{stands_for:?}");
    }
    let nobody = target.connect(async |_: &str, _| Ok(Vec::new())).await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::NotFound);
    assert!(futures_now(listener.accept()).await.is_none(), "somebody has connected");
}

#[tokio::test]
async fn a_name_is_asked_once_and_what_it_said_then_is_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap();
    let target = Target::read("http://hooks.example:1/", &allowed(&["hooks.example"])).unwrap();
    let asked = AtomicUsize::new(0);

    let stream = target.connect(async |_: &str, _| {
        asked.fetch_add(1, Ordering::Relaxed);
        Ok(vec![here])
    });

    assert_eq!(stream.await.unwrap().peer_addr().unwrap(), here);
    assert_eq!(asked.into_inner(), 1);
}

/// Real: this machine's own name, over its own resolver.
#[tokio::test]
async fn localhost_is_inside() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    let target = Target::read(&url, &Allowed::default()).unwrap();

    let refused = target.connect(resolve).await.unwrap_err();

    assert_eq!(refused.kind(), ErrorKind::PermissionDenied);
}

/// What is ready now; none: nothing is.
async fn futures_now<T>(future: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        done = future => Some(done),
        () = std::future::ready(()) => None,
    }
}

fn ids(many: usize) -> Vec<String> {
    (0..many).map(|n| n.to_string()).collect()
}

#[tokio::test]
async fn what_is_taken_goes_one_after_the_other_in_its_order() {
    let (sent, now) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));

    let hung = in_turn(ids(5), false, |id| {
        let (sent, now) = (sent.clone(), now.clone());
        async move {
            assert_eq!(now.fetch_add(1, Ordering::Relaxed), 0, "two at once");
            tokio::task::yield_now().await;
            now.fetch_sub(1, Ordering::Relaxed);
            sent.lock().unwrap().push(id);
            Ok(Some(Outcome::NotTaken(Some(500))))
        }
    });

    assert!(!hung.await.unwrap());
    assert_eq!(*sent.lock().unwrap(), ids(5));
}

/// One by one they would be tried so late that each had few tries in its day.
#[tokio::test]
async fn who_hangs_is_tried_with_all_of_it_at_once() {
    for (hung, together) in [(false, 4), (true, 5)] {
        let (all_there, last) = (Arc::new(Barrier::new(together)), together.to_string());
        let turn = in_turn(ids(5), hung, |id| {
            let (all_there, waits) = (all_there.clone(), hung || id != "0");
            async move {
                if waits {
                    all_there.wait().await;
                }
                Ok(Some(Outcome::Hung))
            }
        });
        assert!(tokio::time::timeout(Duration::from_secs(5), turn).await.expect("they wait for one another").unwrap());

        let answers = in_turn(ids(together + 1), hung, |id| {
            let outcome = if id == last { Outcome::Taken(204) } else { Outcome::Hung };
            std::future::ready(Ok(Some(outcome)))
        });
        assert!(!answers.await.unwrap(), "he is there again");
    }
}

/// What comes after a stop closes the database: what is cut must not find it closed.
#[tokio::test]
async fn whoever_stops_them_waits_until_all_that_is_under_way_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&format!("sqlite:{}", folder.path().join("recado.db").display())).await.unwrap();
    let vault = Vault::of([7; 32]).unwrap();
    let hooks = Hooks::new(database.clone(), Clock::hands(Time(0)), vault, Allowed::default()).unwrap();
    let (held, all_there) = (Arc::new(()), Arc::new(Barrier::new(3)));
    let turn = {
        let (hooks, held, all_there) = (hooks.clone(), held.clone(), all_there.clone());
        async move {
            let send = |_: String| {
                let (held, all_there) = (held.clone(), all_there.clone());
                hooks.held(async move {
                    let _held = held;
                    all_there.wait().await;
                    std::future::pending::<()>().await;
                    Ok(Some(Outcome::Hung))
                })
            };
            in_turn(ids(2), true, send).await.unwrap();
        }
    };
    let mut turns = JoinSet::new();
    turns.spawn(hooks.held(turn));
    hooks.0.worker.start(async move { drop(turns.join_next().await) });
    all_there.wait().await;

    hooks.stop().await;

    assert_eq!(Arc::strong_count(&held), 1);
    database.close().await;
}

/// One of a trigger and one of the house: each holds up a stop with its turn, and with what goes out of it.
#[tokio::test]
async fn a_stop_ends_what_is_under_way_to_who_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&format!("sqlite:{}", folder.path().join("recado.db").display())).await.unwrap();
    let receiver = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (vault, url) = (Vault::of([7; 32]).unwrap(), format!("http://{}/", receiver.local_addr().unwrap()));
    let sealed = [used_for("t"), subscription::used_for("s")].map(|of| vault.close(&[1; 32], &of).unwrap());
    for (sql, text) in [
        (
            "insert into triggers (id, place, body, secret, crossed_at, crossed_id) values ('t', 0, '{}', $1, 0, '')",
            &sealed[0],
        ),
        (
            "insert into webhooks (id, trigger_id, ticket_id, url, body, created_at, tries, due_at) \
             values ('a', 't', 'x', $1, '{}', 0, 0, 0)",
            &url,
        ),
        (
            "insert into webhook_subscriptions (id, name, url, occasions, is_on, secret, created_at) \
             values ('s', 'ERP', '', '[]', 1, $1, 0)",
            &sealed[1],
        ),
        ("update webhook_subscriptions set url = $1", &url),
        (
            "insert into webhook_deliveries (id, subscription_id, ordinal, occasion, number, body, created_at, tries, due_at) \
             values ('b', 's', 1, $1, 1, '{}', 0, 0, 0)",
            &String::new(),
        ),
    ] {
        sqlx::query(sql).bind(text.as_str()).execute(&database.writer).await.unwrap();
    }
    let hooks = Hooks::new(database.clone(), Clock::hands(Time(0)), vault, allowed(&["127.0.0.1"])).unwrap();
    hooks.0.worker.start(hooks.clone().run());
    let hanging = [receiver.accept().await.unwrap(), receiver.accept().await.unwrap()];
    let held = hooks.0.turns.receiver_count();

    hooks.stop().await;

    assert_eq!(held, 4, "a stop would not wait for all of it");
    assert_eq!(Arc::strong_count(&hooks.0), 1, "somebody is still at work");
    drop(hanging);
    database.close().await;
}

#[test]
fn those_who_hang_take_the_places_of_nobody_else() {
    let mut round = Round::default();
    for hanging in ids(AT_ONCE + 1) {
        round.ends(hanging, true);
    }

    assert!(ids(AT_ONCE).iter().all(|hanging| round.begins(hanging) == Some(true)));
    assert_eq!((round.begins(&AT_ONCE.to_string()), round.begins("healthy")), (None, Some(false)));
    round.ends("0".into(), true);
    let mut all = [("0".to_owned(), Time(1)), (AT_ONCE.to_string(), Time(9)), ("new".to_owned(), Time(9))];
    round.order(&mut all);
    assert_eq!(all.map(|(of, _)| of), ["new".to_owned(), AT_ONCE.to_string(), "0".to_owned()]);
}

#[test]
fn the_signature_is_the_one_of_standard_webhooks() {
    // The example of its specification.
    let secret = BASE64_STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let body = "{\"test\": 2432232314}";

    assert_eq!(
        signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    );
}

#[test]
fn what_is_sent_of_a_ticket_is_written_down() {
    let trigger = Named { id: "t".into(), name: "Aviso".into() };
    let body = payload("i", Time(5), &trigger, &example(Time(4)), false, true).unwrap();

    assert_eq!(
        body,
        "{\"id\":\"i\",\"at\":5,\"test\":true,\"trigger\":{\"id\":\"t\",\"name\":\"Aviso\"},\"ticket\":{\"id\":\"example\",\
         \"number\":0,\"opened_via\":\"OfflineMessage\",\"subject\":\"Recado\",\"status\":\"New\",\"own_status\":null,\
         \"reason\":\"\",\"application\":{\"id\":\"example\",\"name\":\"Recado\"},\"group\":{\"id\":\"example\",\
         \"name\":\"Recado\"},\"owner\":null,\"customer\":{\"id\":\"example\",\"name\":\"Recado\"},\
         \"customer_verified\":false,\"tags\":[],\"fields\":[],\"created_at\":4,\"changed_at\":4}}"
    );
}
