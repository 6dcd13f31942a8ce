//! Times of the spans that stwo reports through `tracing`, by their path ("outer/inner").

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

#[derive(Default)]
struct State {
    names: Vec<&'static str>,       // by span id - 1
    open: Vec<(String, Instant)>,   // entered spans with their paths
    now: BTreeMap<String, Duration>, // of the proof in progress
    best: BTreeMap<String, Duration>,
    best_ms: Option<f64>,
}

/// Collects nothing unless installed with `on`. Spans of the main thread only: the others are
/// finer than what is reported.
#[derive(Clone)]
pub struct Recorder {
    state: Arc<Mutex<State>>,
    thread: std::thread::ThreadId,
}

impl Recorder {
    pub fn install(on: bool) -> Self {
        let recorder = Recorder {
            state: Arc::default(),
            thread: std::thread::current().id(),
        };
        if on {
            tracing::subscriber::set_global_default(recorder.clone()).expect("the only subscriber");
        }
        recorder
    }
    pub fn clear(&self) {
        self.state.lock().unwrap().now.clear();
    }
    /// Keeps the spans recorded since `clear` when no earlier proof was faster.
    pub fn keep_fastest(&self, ms: f64) {
        let mut state = self.state.lock().unwrap();
        if state.best_ms.is_none_or(|best| ms < best) {
            state.best = state.now.clone();
            state.best_ms = Some(ms);
        }
    }
    pub fn json(&self) -> String {
        let state = self.state.lock().unwrap();
        let items = state.best.iter();
        let items = items.map(|(name, t)| format!("\"{name}\":{:.3}", t.as_secs_f64() * 1e3));
        items.collect::<Vec<_>>().join(",")
    }
    fn here(&self) -> bool {
        std::thread::current().id() == self.thread
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && *metadata.level() <= Level::INFO && self.here()
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut state = self.state.lock().unwrap();
        state.names.push(span.metadata().name());
        Id::from_u64(state.names.len() as u64)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, id: &Id) {
        let mut state = self.state.lock().unwrap();
        let name = state.names[id.into_u64() as usize - 1];
        let path = match state.open.last() {
            Some((outer, _)) => format!("{outer}/{name}"),
            None => name.to_string(),
        };
        state.open.push((path, Instant::now()));
    }
    fn exit(&self, _: &Id) {
        let mut state = self.state.lock().unwrap();
        if let Some((path, start)) = state.open.pop() {
            *state.now.entry(path).or_default() += start.elapsed();
        }
    }
}
