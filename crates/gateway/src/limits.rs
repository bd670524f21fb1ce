//! How often one address may try to sign in: a bucket each, in the process; never "unlimited".

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
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
pub fn client(headers: &HeaderMap, peer: SocketAddr, trusted_hops: usize) -> IpAddr {
    if trusted_hops == 0 {
        return peer.ip();
    }
    let entries: Vec<IpAddr> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|entry| entry.trim().parse().ok())
        .collect();
    entries
        .len()
        .checked_sub(trusted_hops)
        .and_then(|place| entries.get(place))
        .copied()
        .unwrap_or(peer.ip())
}

#[cfg(test)]
mod tests {
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
