//! The form of a proof, from its log sizes: columns of the four trees, samples, FRI layers.
use crate::merkle::{Levels, Range};
use crate::params::{CAP_LOG, LOG_BLOWUP, MAX_TRACE_LOG, MIN_TRACE_LOG, TABLES_LOG, fri_schedule};

/// Columns of each component (air/components.c), by tree; an interaction column of the protocol is
/// four of the tree, products first.
pub const PROGRAM: [u32; 13] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 11, 6];
pub const MAIN: [u32; 13] = [22, 32, 29, 34, 16, 15, 37, 50, 10, 9, 3, 1, 2];
pub const INTERACTION: [u32; 13] = [16, 16, 20, 24, 16, 8, 20, 28, 8, 8, 4, 4, 4];
/// Of them, product columns; the others are sum columns.
pub const PRODUCTS: [u32; 13] = [8, 8, 8, 8, 8, 4, 8, 8, 4, 4, 4, 0, 0];

pub const N_COMPONENTS: u32 = 13;
/// The first nine may be absent, and have a slot for a second instance, unused here.
pub const N_SPLIT: u32 = 9;
const INITFIN: u32 = 9;
const IMAGE: u32 = 10;
const ROM: u32 = 11;
const TABLES: u32 = 12;
/// Main columns of INITFIN and of the components after it, which are all present: the last ones.
const MAIN_FROM_INITFIN: u32 = 15;

#[derive(Copy, Drop)]
pub struct Tree {
    pub n_columns: u32,
    /// Log size of its largest domain: the level of its leaves.
    pub top: u32,
    pub levels: Levels,
}

/// Columns read at the row before, in the order of their samples.
#[derive(Copy, Drop)]
pub enum Before {
    /// INITFIN's first two: this one of the main tree, and the next
    Main: u32,
    /// the coordinates of an interaction column: this one of the interaction tree, and three more
    Interaction: u32,
}

#[derive(Copy, Drop)]
pub struct Shape {
    /// Trace log size of each component, 0: absent.
    pub logs: Span<u32>,
    pub n_max: u32,
    /// M: log size of the FRI domain.
    pub top: u32,
    pub program: Tree,
    pub main: Tree,
    pub interaction: Tree,
    pub n_prod: u32,
    pub n_sum: u32,
    /// Samples at Z0; at Z1.
    pub n_at: u32,
    pub n_before: u32,
    pub before: Span<Before>,
    pub folds: Span<u32>,
}

pub const COMPOSITION_COLUMNS: u32 = 8;

/// The shape for the log sizes of the 22 slots; 'sizes' when they are not allowed. What the C code
/// also checks holds for all sizes of this profile: no sum of 2 prod 2^log or 6 sum 2^log reaches P.
pub fn shape(slots: Span<u32>) -> Shape {
    let (logs, n_max) = read_logs(slots);
    let program = tree(logs, PROGRAM.span());
    let main = tree(logs, MAIN.span());
    let interaction = tree(logs, INTERACTION.span());
    let (before, n_prod, n_sum) = columns_before(logs, main.n_columns - MAIN_FROM_INITFIN);
    Shape {
        logs,
        n_max,
        top: n_max + LOG_BLOWUP,
        program,
        main,
        interaction,
        n_prod,
        n_sum,
        n_at: program.n_columns + main.n_columns + interaction.n_columns + COMPOSITION_COLUMNS,
        n_before: 2 + 4 * (n_prod + n_sum),
        before,
        folds: fri_schedule(n_max),
    }
}

/// The log sizes by component, and the largest.
fn read_logs(mut slots: Span<u32>) -> (Span<u32>, u32) {
    let mut logs = array![];
    let mut n_max = 0;
    while logs.len() != N_COMPONENTS {
        let log = *slots.pop_front().unwrap();
        if log == 0 {
            assert(logs.len() < N_SPLIT, 'sizes');
        } else {
            assert(log >= MIN_TRACE_LOG && log <= MAX_TRACE_LOG, 'sizes');
        }
        if logs.len() < N_SPLIT {
            assert(*slots.pop_front().unwrap() == 0, 'sizes');
        }
        if log > n_max {
            n_max = log;
        }
        logs.append(log);
    }
    let logs = logs.span();
    assert(*logs[TABLES] == TABLES_LOG, 'sizes');
    (logs, n_max)
}

/// The columns read at the row before: INITFIN's first two main columns, and of every component the
/// last product column and the last sum column. How many components have products, and sums.
fn columns_before(mut logs: Span<u32>, main_initfin: u32) -> (Span<Before>, u32, u32) {
    let mut before = array![];
    let (mut n_prod, mut n_sum, mut column) = (0, 0, 0);
    let mut products = PRODUCTS.span();
    let mut widths = INTERACTION.span();
    while let Some(log) = logs.pop_front() {
        let product = *products.pop_front().unwrap();
        let width = *widths.pop_front().unwrap();
        if *log == 0 {
            continue;
        }
        if logs.len() == N_COMPONENTS - 1 - INITFIN {
            before.append(Before::Main(main_initfin));
        }
        if product != 0 {
            before.append(Before::Interaction(column + product - 4));
            n_prod += 1;
        }
        column += width;
        if product != width {
            before.append(Before::Interaction(column - 4));
            n_sum += 1;
        }
    }
    (before.span(), n_prod, n_sum)
}

/// Log size, first column, number of columns of a component in a tree.
type Block = (u32, u32, u32);

fn tree(mut logs: Span<u32>, mut widths: Span<u32>) -> Tree {
    let mut blocks = array![];
    let (mut n_columns, mut top) = (0, 0);
    while let Some(log) = logs.pop_front() {
        let width = *widths.pop_front().unwrap();
        if *log != 0 && width != 0 {
            let level = *log + LOG_BLOWUP;
            blocks.append((level, n_columns, width));
            n_columns += width;
            if level > top {
                top = level;
            }
        }
    }
    let blocks = blocks.span();
    let mut above = array![];
    let mut level = top;
    while level != CAP_LOG {
        level -= 1;
        above.append(if has_level(blocks, level) {
            ranges(blocks, level)
        } else {
            [].span()
        });
    }
    Tree { n_columns, top, levels: Levels { leaf: ranges(blocks, top), above: above.span() } }
}

fn has_level(mut blocks: Span<Block>, level: u32) -> bool {
    loop {
        match blocks.pop_front() {
            Some(block) => {
                let (at, _, _) = *block;
                if at == level {
                    break true;
                }
            },
            None => { break false; },
        }
    }
}

/// The columns of one level, in column order; neighbours as one range.
fn ranges(mut blocks: Span<Block>, level: u32) -> Span<Range> {
    let mut ranges = array![];
    let (mut start, mut len) = (0, 0);
    while let Some(block) = blocks.pop_front() {
        let (at, first, n) = *block;
        if at != level {
            continue;
        }
        if first == start + len {
            len += n;
        } else {
            if len != 0 {
                ranges.append((start, len));
            }
            start = first;
            len = n;
        }
    }
    if len != 0 {
        ranges.append((start, len));
    }
    ranges.span()
}

pub fn rom_log(shape: @Shape) -> u32 {
    *(*shape.logs)[ROM]
}
pub fn image_log(shape: @Shape) -> u32 {
    *(*shape.logs)[IMAGE]
}
