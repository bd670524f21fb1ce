//! Delivery on a real database file: every answer of a relay ends in the state that the table of outcomes says.

#[cfg(test)]
mod bounces;
#[cfg(test)]
mod encryption;
#[cfg(test)]
mod envelope;
#[cfg(test)]
mod house;
#[cfg(test)]
mod outcomes;
#[cfg(test)]
mod pace;
#[cfg(test)]
mod relay;
#[cfg(test)]
mod reminders;
#[cfg(test)]
mod signature;
#[cfg(test)]
mod time;
#[cfg(test)]
mod worker;
