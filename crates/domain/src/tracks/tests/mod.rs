//! Every transition and refusal of the tracks, written out; then random courses.
