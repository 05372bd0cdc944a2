//! Packets out of bytes and into bytes ("Overview" of gdb's remote protocol).

/// What a client sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A packet's body, still escaped.
    Packet(Vec<u8>),
    /// Something like a packet, but its checksum is wrong.
    Damaged,
    /// "Send that again."
    Nack,
    Interrupt,
}

/// The longest packet that is taken, framing included.
pub const MAX_PACKET: usize = 0x4000;
pub const INTERRUPT: u8 = 3;

/// Finds packets in a stream of bytes.
#[derive(Debug)]
pub struct Deframer {
    state: State,
    body: Vec<u8>,
    longest: usize,
}

impl Default for Deframer {
    fn default() -> Self {
        Self { state: State::default(), body: Vec::new(), longest: MAX_PACKET - 4 }
    }
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Between,
    Body,
    Checksum(Option<u8>),
}

impl Deframer {
    /// For what we wrote ourselves.
    pub fn unlimited() -> Self {
        Self { longest: usize::MAX, ..Self::default() }
    }

    pub fn push(&mut self, byte: u8) -> Option<Input> {
        match self.state {
            State::Between => match byte {
                b'$' => {
                    self.body.clear();
                    self.state = State::Body;
                    None
                }
                b'-' => Some(Input::Nack),
                INTERRUPT => Some(Input::Interrupt),
                _ => None,
            },
            State::Body if byte == b'#' => {
                self.state = State::Checksum(None);
                None
            }
            // Bodies escape it, so the last packet's end was lost.
            State::Body if byte == b'$' => {
                self.body.clear();
                None
            }
            State::Body => {
                self.body.push(byte);
                if self.body.len() > self.longest {
                    self.state = State::Between;
                    return Some(Input::Damaged);
                }
                None
            }
            State::Checksum(None) => {
                self.state = State::Checksum(Some(byte));
                None
            }
            State::Checksum(Some(first)) => {
                self.state = State::Between;
                let sent = [first, byte];
                let sent =
                    std::str::from_utf8(&sent).ok().and_then(|s| u8::from_str_radix(s, 16).ok());
                let body = std::mem::take(&mut self.body);
                Some(if sent == Some(sum(&body)) { Input::Packet(body) } else { Input::Damaged })
            }
        }
    }
}

/// A packet around a body that is escaped already.
pub fn frame(body: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(body.len() + 4);
    packet.push(b'$');
    packet.extend_from_slice(body);
    packet.extend_from_slice(format!("#{:02x}", sum(body)).as_bytes());
    packet
}

/// Escapes binary data ("Binary Data").
pub fn escape(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    for &byte in data {
        if matches!(byte, b'#' | b'$' | b'}' | b'*') {
            out.extend_from_slice(&[b'}', byte ^ 0x20]);
        } else {
            out.push(byte);
        }
    }
    out
}

/// A packet that gdb prints on its console.
pub fn console(text: &str) -> Vec<u8> {
    [b"O".to_vec(), hex(text.as_bytes()).into_bytes()].concat()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok().filter(|t| t.len() % 2 == 0 && t.is_ascii())?;
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok()).collect()
}

/// A hexadecimal number as packets hold it: no sign, no prefix.
pub fn number(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    text.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u64::from_str_radix(text, 16).ok())?
}

fn sum(body: &[u8]) -> u8 {
    body.iter().fold(0, |sum, &byte| sum.wrapping_add(byte))
}
