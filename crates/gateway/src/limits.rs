//! How often one address may try to sign in: a bucket each, in the process; never "unlimited".

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Mutex;
use std::time::Instant;

use axum::http::HeaderMap;

/// Tries that an address has at once, and how many come back each second. A whole school signs in from one address.
const BURST: f64 = 60.0;
const PER_SECOND: f64 = 1.0;
/// Addresses remembered; past it the fullest buckets are forgotten.
const MOST_ADDRESSES: usize = 20_000;

/// Buckets by address.
#[derive(Default)]
pub struct Limiter {
    buckets: Mutex<HashMap<IpAddr, (f64, Instant)>>,
}

impl Limiter {
    /// Whether this address may try once more now.
    pub fn allows(&self, address: IpAddr) -> bool {
        let Ok(mut buckets) = self.buckets.lock() else {
            return false;
        };
        let now = Instant::now();
        if buckets.len() >= MOST_ADDRESSES {
            buckets.retain(|_, (left, since)| {
                *left + since.elapsed().as_secs_f64() * PER_SECOND < BURST
            });
        }
        let (left, since) = buckets.entry(address).or_insert((BURST, now));
        *left = (*left + since.elapsed().as_secs_f64() * PER_SECOND).min(BURST);
        *since = now;
        if *left < 1.0 {
            return false;
        }
        *left -= 1.0;
        true
    }
}

/// The client's address: the peer, or entry *n* from the right of `X-Forwarded-For` behind *n* proxies of our own.
///
/// Entries are counted as they stand, whatever they hold: one that is no address shifts nothing, and in its place there
/// is no client but the peer. An IPv6 client is its /64: somebody's whole home, out of which he takes any address.
pub fn client(headers: &HeaderMap, peer: SocketAddr, trusted_hops: usize) -> IpAddr {
    if trusted_hops == 0 {
        return bucket(peer.ip());
    }
    let entries: Vec<&[u8]> = headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .collect();
    let address = entries
        .len()
        .checked_sub(trusted_hops)
        .and_then(|place| std::str::from_utf8(entries[place]).ok())
        .and_then(|entry| address(entry.trim()))
        .unwrap_or(peer.ip());
    bucket(address)
}

/// `203.0.113.7`, `203.0.113.7:4000`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4000`.
fn address(entry: &str) -> Option<IpAddr> {
    let bare = entry
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(entry);
    bare.parse()
        .ok()
        .or_else(|| Some(entry.parse::<SocketAddr>().ok()?.ip()))
}

fn bucket(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_forged_header_does_not_make_another_client() {
        let peer: SocketAddr = "10.0.0.9:4000".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "1.1.1.1, 203.0.113.7".parse().unwrap());
        assert_eq!(client(&headers, peer, 0), peer.ip());
        assert_eq!(
            client(&headers, peer, 1),
            "203.0.113.7".parse::<IpAddr>().unwrap()
        );
        assert_eq!(client(&headers, peer, 3), peer.ip());
        // What is no address counts as an entry all the same: what was forged before it stays before it.
        for last in ["unknown", "", "é", "203.0.113.7:80:80"] {
            let mut headers = HeaderMap::new();
            let value = format!("1.1.1.1, {last}");
            headers.insert("x-forwarded-for", HeaderValue::from_str(&value).unwrap());
            assert_eq!(client(&headers, peer, 1), peer.ip(), "{last:?}");
        }
    }

    #[test]
    fn an_address_is_read_as_proxies_write_it() {
        let peer: SocketAddr = "10.0.0.9:4000".parse().unwrap();
        for (written, read) in [
            ("203.0.113.7:51234", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("[2001:db8:1:2::9]", "2001:db8:1:2::"),
            ("[2001:db8:1:2::9]:443", "2001:db8:1:2::"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", written.parse().unwrap());
            assert_eq!(
                client(&headers, peer, 1),
                read.parse::<IpAddr>().unwrap(),
                "{written}"
            );
        }
        let peer: SocketAddr = "[2001:db8:1:2:3::1]:4000".parse().unwrap();
        let own = client(&HeaderMap::new(), peer, 0);
        assert_eq!(own, "2001:db8:1:2::".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn an_address_that_tries_too_often_waits() {
        let limiter = Limiter::default();
        let address: IpAddr = "203.0.113.7".parse().unwrap();
        let passed = (0..500).filter(|_| limiter.allows(address)).count();
        assert!((60..=62).contains(&passed), "{passed}");
        assert!(limiter.allows("203.0.113.8".parse().unwrap()));
    }
}
