//! Stories over lines at whose other end nobody is: what is logged is what was said.

use std::path::Path;

use super::*;
use crate::cast::Cast;
use crate::story::Story;
use crate::traffic::Traffic;

/// A scale that says what it shows five times a second, and one that says it ten times.
async fn set(folder: &Path) -> (Cast, Stage) {
    let device = |id: &str, dialect: &str| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        format!(
            "[[device]]\nid = {id:?}\ndialect = {dialect:?}\nconnect = {{ tcp = \"{address}\" }}\n"
        )
    };
    let text = device("scale-1", "xk3190") + &device("scale-2", "rinstrum");
    let cast = Cast::parse(Path::new("cast.toml"), &text).unwrap();
    let mut stage = Stage::set(&cast).await.unwrap();
    stage.log(Some(Traffic::begin(folder).unwrap()));
    (cast, stage)
}

/// What the scales say while a minute of a story is played so much faster.
async fn said(speed: f64) -> [Vec<u8>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let (cast, mut stage) = set(folder.path()).await;
    let story = "0:00:05 scale-1 load 38240 kg for 20 s\n0:01:00 scale-2 load 12000 kg for 20 s\n";
    let story = Story::parse("story", story).unwrap();
    let mut score = Score::new(story, &cast, Path::new("/nonexistent"), now(), 1).unwrap();
    let pace = Pace { speed, linger: Duration::ZERO };
    let mut officers = Officers::at("127.0.0.1:1", "", 1);
    play(&mut score, &mut stage, &mut officers, &mut Wings::default(), pace, &mut |_| {}).await;
    ["scale-1", "scale-2"]
        .map(|id| std::fs::read(folder.path().join(format!("{id}.said"))).unwrap())
}

#[tokio::test]
async fn a_story_that_is_played_faster_is_the_same_story() {
    let (slower, faster) = tokio::join!(said(60.0), said(600.0));
    for (slower, faster) in slower.iter().zip(&faster) {
        // How far the devices speak on after the last line differs by a step of the player.
        let whole = slower.len().min(faster.len());
        assert_eq!(slower[..whole], faster[..whole]);
        assert!(slower.len() - whole + faster.len() - whole < 1000, "{}", whole);
        assert!(whole > 60 * 4 * 12, "five times a second for a minute: {whole}");
    }
}

#[tokio::test]
async fn what_is_typed_takes_effect_and_what_is_not_understood_is_told_and_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (cast, mut stage) = set(folder.path()).await;
    let story = Story { title: String::new(), steps: Vec::new() };
    let mut score = Score::new(story, &cast, Path::new("/nonexistent"), now(), 1).unwrap();
    let mut officers = Officers::at("127.0.0.1:1", "", 1);
    let (to, lines) = mpsc::channel(16);
    let typed = [
        "# a scale drifts",
        "",
        "scale-1 sings for 5 s",
        "scale-9 restarts",
        "scale-1 reads 123ABC02",
        "scale-1 is set to 19200 baud",
        "scale-1 drifts 400 kg",
    ];
    for line in typed {
        to.send(line.to_owned()).await.unwrap();
    }
    drop(to);
    let mut told = Vec::new();
    let mut tell = |line: &str| told.push(line.to_owned());
    let linger = Duration::from_millis(600);
    hands(&mut score, &mut stage, &mut officers, lines, linger, &mut tell).await;
    let begins = [
        "line 3: \"sings for 5 s\" is nothing that befalls a device",
        "line 4: no device \"scale-9\" in the configuration; there are: scale-1, scale-2",
        "line 5: scale-1 speaks xk3190 and cannot do this: a scale is loaded",
        "line 6: scale-1 speaks xk3190 and cannot do this: only a serial line has a speed",
    ];
    assert_eq!(told.len(), begins.len(), "{told:#?}");
    for (told, begins) in told.iter().zip(begins) {
        assert!(told.starts_with(begins), "{told}");
    }
    let said = std::fs::read(folder.path().join("scale-1.said")).unwrap();
    assert!(said.escape_ascii().to_string().contains("+0004000"), "{}", said.escape_ascii());
}
