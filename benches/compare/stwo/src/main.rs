//! The wide-Fibonacci AIR (100 columns, 98 constraints c[i+2] = c[i]^2 + c[i+1]^2 in every row)
//! proved by stwo, timed for benches/compare/run.sh. One JSON line on standard output.
//!
//! What the samples measure: from the trace's values in memory to the finished proof, without the
//! proof of work (the samples are proved with 0 bits of it). Generating the trace, precomputing
//! twiddles and verifying are outside. Every proof is verified. Grinding is measured by itself; at
//! the end one proof with all bits is made and verified.

mod phases;

use std::time::Instant;

use stwo::core::air::Component;
use stwo::core::channel::{Blake2sChannel, Channel};
use stwo::core::fields::m31::BaseField;
use stwo::core::fields::qm31::SecureField;
use stwo::core::fri::FriConfig;
use stwo::core::pcs::{CommitmentSchemeVerifier, PcsConfig};
use stwo::core::poly::circle::CanonicCoset;
use stwo::core::proof::StarkProof;
use stwo::core::proof_of_work::GrindOps;
use stwo::core::vcs_lifted::blake2_merkle::{Blake2sMerkleChannel, Blake2sMerkleHasher};
use stwo::core::verifier::verify;
use stwo::prover::backend::simd::column::BaseColumn;
use stwo::prover::backend::simd::SimdBackend;
use stwo::prover::mempool::BaseColumnPool;
use stwo::prover::poly::circle::{CircleEvaluation, PolyOps};
use stwo::prover::poly::twiddles::TwiddleTree;
use stwo::prover::poly::BitReversedOrder;
use stwo::prover::{prove, CommitmentSchemeProver};
use stwo_constraint_framework::{
    EvalAtRow, FrameworkComponent, FrameworkEval, TraceLocationAllocator,
};

const N_COLUMNS: usize = 100;
const N_QUERIES: usize = 70;
const LOG_BLOWUP: u32 = 1;
const POW_BITS: u32 = 26;
/// Grinding is measured over this many searches of this many bits: enough for threads to share them.
const GRIND_SEARCHES: u32 = 6;
const GRIND_BITS: u32 = 24;

type Proof = StarkProof<Blake2sMerkleHasher>;
type Column = CircleEvaluation<SimdBackend, BaseField, BitReversedOrder>;

struct WideFibonacci {
    log: u32,
}

impl FrameworkEval for WideFibonacci {
    fn log_size(&self) -> u32 {
        self.log
    }
    fn max_constraint_log_degree_bound(&self) -> u32 {
        self.log + 1
    }
    fn evaluate<E: EvalAtRow>(&self, mut row: E) -> E {
        let mut before = row.next_trace_mask();
        let mut last = row.next_trace_mask();
        let mut before_squared = before.clone() * before;
        for _ in 2..N_COLUMNS {
            let next = row.next_trace_mask();
            let last_squared = last.clone() * last;
            row.add_constraint(next.clone() - (before_squared + last_squared.clone()));
            before = next;
            before_squared = last_squared;
            last = before;
        }
        row
    }
}

/// Column values in the order that stwo commits; the rows of this AIR know nothing of each other,
/// so any order of them is a valid trace. Row r starts with 1, r.
fn trace(log: u32) -> Vec<Column> {
    let n = 1usize << log;
    let domain = CanonicCoset::new(log).circle_domain();
    let mut a = vec![BaseField::from(1u32); n];
    let mut b: Vec<BaseField> = (0..n).map(|r| BaseField::from(r as u32)).collect();
    let mut columns = Vec::with_capacity(N_COLUMNS);
    for _ in 0..N_COLUMNS {
        columns.push(CircleEvaluation::new(domain, BaseColumn::from_cpu(&a)));
        let next = a.iter().zip(&b).map(|(x, y)| *x * *x + *y * *y).collect();
        a = std::mem::replace(&mut b, next);
    }
    columns
}

fn component(log: u32) -> FrameworkComponent<WideFibonacci> {
    FrameworkComponent::new(
        &mut TraceLocationAllocator::default(),
        WideFibonacci { log },
        SecureField::from_u32_unchecked(0, 0, 0, 0),
    )
}

struct Setup<'a> {
    log: u32,
    config: PcsConfig,
    twiddles: &'a TwiddleTree<SimdBackend>,
    pool: Option<&'a BaseColumnPool<SimdBackend>>,
}

fn make(s: &Setup, trace: Vec<Column>) -> Proof {
    let channel = &mut Blake2sChannel::default();
    s.config.mix_into(channel);
    let mut scheme = match s.pool {
        Some(pool) => CommitmentSchemeProver::<SimdBackend, Blake2sMerkleChannel>::with_memory_pool(
            s.config, s.twiddles, pool,
        ),
        None => CommitmentSchemeProver::new(s.config, s.twiddles),
    };
    scheme.set_store_polynomials_coefficients();
    let mut preprocessed = scheme.tree_builder();
    preprocessed.extend_evals(vec![]);
    preprocessed.commit(channel);
    let mut main = scheme.tree_builder();
    main.extend_evals(trace);
    main.commit(channel);
    prove(&[&component(s.log)], channel, scheme).expect("the trace satisfies the constraints")
}

fn check(s: &Setup, proof: Proof) {
    let component = component(s.log);
    let channel = &mut Blake2sChannel::default();
    s.config.mix_into(channel);
    let scheme = &mut CommitmentSchemeVerifier::<Blake2sMerkleChannel>::new(s.config);
    let sizes = component.trace_log_degree_bounds();
    scheme.commit(proof.commitments[0], &sizes[0], channel);
    scheme.commit(proof.commitments[1], &sizes[1], channel);
    verify(&[&component], channel, scheme, proof).expect("the proof is accepted");
}

/// Mean time of one hash, in ns, from searches whose nonces say how many were made.
fn grind_ns() -> f64 {
    let mut hashes = 0u64;
    let start = Instant::now();
    for i in 0..GRIND_SEARCHES {
        let mut channel = Blake2sChannel::default();
        channel.mix_u64(i as u64);
        let nonce = SimdBackend::grind(&channel, GRIND_BITS);
        hashes += ((nonce >> 32) << 20) + (nonce & 0xffff_ffff) + 1;
    }
    start.elapsed().as_nanos() as f64 / hashes as f64
}

/// Peak resident memory in bytes, as the kernel counted it; 0 when it does not say.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM:"));
    let kib = line.and_then(|l| l.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// CPU time of all threads in ms, as the scheduler counted it; of the threads that still live.
fn cpu_ms() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let ns = tasks.map(|task| {
        let stat = std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        stat.split_whitespace().next().and_then(|v| v.parse::<u64>().ok()).unwrap_or(0)
    });
    ns.sum::<u64>() as f64 / 1e6
}

fn threads() -> usize {
    #[cfg(feature = "parallel")]
    return rayon::current_num_threads();
    #[cfg(not(feature = "parallel"))]
    1
}

struct Options {
    log: u32,
    samples: u32,
    fold_step: u32,
    last_layer_log: u32,
    pool: bool,
    phases: bool,
    full: bool,
}

fn options() -> Options {
    let mut o = Options {
        log: 16,
        samples: 3,
        fold_step: 1,
        last_layer_log: 0,
        pool: false,
        phases: false,
        full: false,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|v| v.parse().ok());
        let ok = match arg.as_str() {
            "--log" => number().map(|v| o.log = v),
            "--samples" => number().map(|v| o.samples = v),
            "--fold-step" => number().map(|v| o.fold_step = v),
            "--last-layer-log" => number().map(|v| o.last_layer_log = v),
            "--pool" => Some(o.pool = true),
            "--phases" => Some(o.phases = true),
            "--full" => Some(o.full = true),
            _ => None,
        };
        if ok.is_none() {
            eprintln!("stwo-wide-fib: bad option {arg}");
            std::process::exit(2);
        }
    }
    if !(8..=24).contains(&o.log) || o.samples == 0 {
        eprintln!("stwo-wide-fib: --log is 8 to 24, --samples at least 1");
        std::process::exit(2);
    }
    o
}

fn main() {
    let o = options();
    let recorder = phases::Recorder::install(o.phases);
    let fri = FriConfig::new(o.last_layer_log, LOG_BLOWUP, N_QUERIES, o.fold_step);
    let config = |pow_bits| PcsConfig { pow_bits, fri_config: fri, lifting_log_size: None };
    let twiddles = SimdBackend::precompute_twiddles(
        CanonicCoset::new(o.log + 1 + LOG_BLOWUP).circle_domain().half_coset,
    );
    let pool = BaseColumnPool::new();
    let mut setup = Setup {
        log: o.log,
        config: config(0),
        twiddles: &twiddles,
        pool: o.pool.then_some(&pool),
    };
    let start = Instant::now();
    let columns = trace(o.log);
    let trace_ms = start.elapsed().as_secs_f64() * 1e3;

    let (mut samples, mut cpu) = (Vec::new(), Vec::new());
    let (mut verify_ms, mut bytes) = (f64::INFINITY, 0);
    for _ in 0..o.samples {
        let columns = columns.clone();
        recorder.clear();
        let cpu_start = cpu_ms();
        let start = Instant::now();
        let proof = make(&setup, columns);
        samples.push(start.elapsed().as_secs_f64() * 1e3);
        cpu.push(cpu_ms() - cpu_start);
        bytes = proof.size_estimate();
        recorder.keep_fastest(samples.last().copied().unwrap_or_default());
        let start = Instant::now();
        check(&setup, proof);
        verify_ms = verify_ms.min(start.elapsed().as_secs_f64() * 1e3);
    }
    let peak = peak_bytes();
    let hash_ns = grind_ns();
    let grind_ms = hash_ns * (1u64 << POW_BITS) as f64 / 1e6;
    let full_ms = o.full.then(|| {
        setup.config = config(POW_BITS);
        let columns = columns.clone();
        let start = Instant::now();
        let proof = make(&setup, columns);
        let ms = start.elapsed().as_secs_f64() * 1e3;
        check(&setup, proof);
        ms
    });

    let list = |v: &[f64]| v.iter().map(|x| format!("{x:.3}")).collect::<Vec<_>>().join(",");
    print!(
        "{{\"prover\":\"stwo 2.3.0\",\"log\":{},\"columns\":{N_COLUMNS},\"threads\":{},\
         \"fold_step\":{},\"last_layer_log\":{},\"samples_ms\":[{}],\"cpu_ms\":[{}],\"verify_ms\":{verify_ms:.3},\
         \"trace_ms\":{trace_ms:.3},\"grind_26_bits_mean_ms\":{grind_ms:.1},\
         \"grind_hash_ns\":{hash_ns:.3},\"proof_bytes\":{bytes},\"peak_rss_bytes\":{peak}",
        o.log,
        threads(),
        o.fold_step,
        o.last_layer_log,
        list(&samples),
        list(&cpu),
    );
    if let Some(ms) = full_ms {
        print!(",\"full_26_bits_ms\":{ms:.1}");
    }
    if o.phases {
        print!(",\"phases_ms\":{{{}}}", recorder.json());
    }
    println!("}}");
}
