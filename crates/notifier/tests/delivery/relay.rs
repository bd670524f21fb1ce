//! A relay that behaves as its script says: one [`Turn`] a message that it is offered; the last one for ever.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use delos_notifier::Relay;
use rcgen::{CertifiedKey, KeyPair};
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::net::{TcpListener, TcpSocket};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// What the relay does with a message.
#[derive(Clone, Copy, Debug)]
pub enum Turn {
    /// Takes it.
    Take,
    /// Says this instead of a greeting, and hangs up.
    Greet(&'static str),
    /// Answers this to `MAIL`.
    Mail(&'static str),
    /// Answers this to `RCPT`.
    Rcpt(&'static str),
    /// Answers this to `DATA`.
    Data(&'static str),
    /// Hangs up after this many bytes of the message, the rest unread.
    CutInData(usize),
    /// Reads the whole message, and answers this (which may be garbage).
    Dot(&'static str),
    /// Takes it, and hangs up without a word.
    CutAfterDot,
    /// Takes it, and says nothing.
    SilentAfterDot,
    /// Says nothing in answer to this verb; to nothing at all when it is empty.
    Silent(&'static str),
    /// Answers this to `AUTH`, which it offers.
    Auth(&'static str),
    /// Takes it, and offers `DSN`.
    Reports,
    /// Takes it, one byte of each answer every so many milliseconds.
    Slow(u64),
    /// Takes it, and hangs up after its answer.
    TakeAndClose,
}

/// How the relay encrypts, with a certificate that nobody signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    /// Not at all.
    None,
    /// On `STARTTLS`.
    Offered,
    /// From the first byte.
    Wrapped,
}

#[derive(Default)]
struct Seen {
    taken: Vec<Vec<u8>>,
    connections: usize,
    said: Vec<String>,
    turns: VecDeque<Turn>,
}

#[derive(Clone)]
pub struct Scripted {
    pub port: u16,
    seen: Arc<Mutex<Seen>>,
}

impl Scripted {
    pub fn start(turns: &[Turn]) -> Self {
        Self::encrypting(turns, Cipher::None)
    }

    pub fn encrypting(turns: &[Turn], cipher: Cipher) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // A small window: what the relay does not read, the worker cannot have given.
        socket.set_recv_buffer_size(4096).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(16).unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen {
            turns: turns.iter().copied().collect(),
            ..Seen::default()
        }));
        tokio::spawn(serve(listener, seen.clone(), cipher));
        Self { port, seen }
    }

    pub fn relay(&self) -> Relay {
        Relay::from_setting(&format!("smtp://127.0.0.1:{}", self.port)).unwrap()
    }

    /// Messages read to their final dot, whatever was answered.
    pub fn taken(&self) -> Vec<Vec<u8>> {
        self.seen.lock().unwrap().taken.clone()
    }

    /// The commands that it was told which begin so.
    pub fn told(&self, verb: &str) -> Vec<String> {
        let said = &self.seen.lock().unwrap().said;
        said.iter()
            .filter(|line| line.starts_with(verb))
            .cloned()
            .collect()
    }

    pub fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }
}

async fn serve(listener: TcpListener, seen: Arc<Mutex<Seen>>, cipher: Cipher) {
    while let Ok((stream, _)) = listener.accept().await {
        seen.lock().unwrap().connections += 1;
        let seen = seen.clone();
        tokio::spawn(async move {
            match cipher {
                Cipher::None => drop(talk(BufReader::new(stream), &seen, true, false).await?),
                Cipher::Offered => {
                    if let Some(stream) = talk(BufReader::new(stream), &seen, true, true).await? {
                        let stream = acceptor().accept(stream.into_inner()).await?;
                        talk(BufReader::new(stream), &seen, false, false).await?;
                    }
                }
                Cipher::Wrapped => {
                    let stream = acceptor().accept(stream).await?;
                    talk(BufReader::new(stream), &seen, true, false).await?;
                }
            }
            std::io::Result::Ok(())
        });
    }
}

/// The certificate of every relay here, for `localhost`, signed by itself.
pub fn certificate() -> &'static CertifiedKey<KeyPair> {
    static MADE: OnceLock<CertifiedKey<KeyPair>> = OnceLock::new();
    MADE.get_or_init(|| rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap())
}

fn acceptor() -> TlsAcceptor {
    let made = certificate();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

fn next(seen: &Mutex<Seen>, peek: bool) -> Turn {
    let mut seen = seen.lock().unwrap();
    if peek || seen.turns.len() == 1 {
        seen.turns[0]
    } else {
        seen.turns.pop_front().unwrap()
    }
}

async fn say(
    stream: &mut BufReader<impl AsyncWrite + AsyncRead + Unpin>,
    text: &str,
    turn: Turn,
) -> std::io::Result<()> {
    let line = format!("{text}\r\n");
    if let Turn::Slow(pause) = turn {
        for byte in line.bytes() {
            stream.write_all(&[byte]).await?;
            stream.flush().await?;
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        return Ok(());
    }
    stream.write_all(line.as_bytes()).await?;
    stream.flush().await
}

/// The dialogue; gives the stream back when it is to be encrypted.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: BufReader<S>,
    seen: &Mutex<Seen>,
    greets: bool,
    offers: bool,
) -> std::io::Result<Option<BufReader<S>>> {
    let mut turn = next(seen, true);
    if greets {
        if let Turn::Silent("") = turn {
            std::future::pending::<()>().await;
        }
        if let Turn::Greet(text) = turn {
            next(seen, false);
            say(&mut stream, text, Turn::Take).await?;
            return Ok(None);
        }
        say(&mut stream, "220 scripted.example ESMTP", turn).await?;
    }
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        seen.lock().unwrap().said.push(line.trim_end().to_owned());
        if verb == "MAIL" {
            turn = next(seen, false);
        }
        let answer = match (verb.as_str(), turn) {
            ("STAR", _) => {
                say(&mut stream, "220 Go on", turn).await?;
                return Ok(Some(stream));
            }
            (verb, Turn::Silent(at)) if verb == at => std::future::pending().await,
            ("EHLO", Turn::Auth(_)) => "250-scripted.example\r\n250 AUTH PLAIN LOGIN",
            ("EHLO", Turn::Reports) => "250-scripted.example\r\n250-PIPELINING\r\n250 DSN",
            ("EHLO", _) if offers => "250-scripted.example\r\n250 STARTTLS",
            ("EHLO", _) => "250-scripted.example\r\n250 SIZE 40000000",
            ("AUTH", Turn::Auth(text))
            | ("MAIL", Turn::Mail(text))
            | ("RCPT", Turn::Rcpt(text))
            | ("DATA", Turn::Data(text)) => text,
            ("DATA", Turn::CutInData(bytes)) => {
                say(&mut stream, "354 Go on", turn).await?;
                let mut part = vec![0; bytes];
                stream.read_exact(&mut part).await?;
                return Ok(None);
            }
            ("DATA", _) => {
                say(&mut stream, "354 Go on", turn).await?;
                let message = read_message(&mut stream).await?;
                seen.lock().unwrap().taken.push(message);
                match turn {
                    Turn::CutAfterDot => return Ok(None),
                    Turn::SilentAfterDot => std::future::pending().await,
                    Turn::Dot(text) => text,
                    _ => "250 2.0.0 Ok: queued as Q42",
                }
            }
            ("QUIT", _) => {
                say(&mut stream, "221 Bye", turn).await?;
                return Ok(None);
            }
            _ => "250 2.0.0 Ok",
        };
        say(&mut stream, answer, turn).await?;
        if verb == "DATA" && matches!(turn, Turn::TakeAndClose) {
            return Ok(None);
        }
    }
}

async fn read_message(stream: &mut BufReader<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let before = message.len();
        if stream.read_until(b'\n', &mut message).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if &message[before..] == b".\r\n" {
            message.truncate(before);
            return Ok(message);
        }
    }
}
