//! The form of a proof, from its log sizes: columns of the four trees, samples, FRI layers.
use crate::merkle::{Levels, Range};
use crate::params::{CAP_LOG, LOG_BLOWUP, MAX_TRACE_LOG, MIN_TRACE_LOG, TABLES_LOG, fri_schedule};

/// Columns of a component: preprocessed, main, product and sum columns (QM31), and how many main
/// columns, the first ones, are also read at the row before.
#[derive(Copy, Drop)]
pub struct Component {
    pub pre: u32,
    pub main: u32,
    pub prod: u32,
    pub sum: u32,
    pub before: u32,
}

pub const N_COMPONENTS: u32 = 13;
/// The first nine may be absent, and have a slot for a second instance, unused here.
pub const N_SPLIT: u32 = 9;
const INITFIN: u32 = 9;
const IMAGE: u32 = 10;
const ROM: u32 = 11;
const TABLES: u32 = 12;

/// air/components.c
pub const COMPONENTS: [Component; 13] = [
    Component { pre: 0, main: 22, prod: 2, sum: 2, before: 0 },
    Component { pre: 0, main: 32, prod: 2, sum: 2, before: 0 },
    Component { pre: 0, main: 29, prod: 2, sum: 3, before: 0 },
    Component { pre: 0, main: 34, prod: 2, sum: 4, before: 0 },
    Component { pre: 0, main: 16, prod: 2, sum: 2, before: 0 },
    Component { pre: 0, main: 15, prod: 1, sum: 1, before: 0 },
    Component { pre: 0, main: 37, prod: 2, sum: 3, before: 0 },
    Component { pre: 0, main: 50, prod: 2, sum: 5, before: 0 },
    Component { pre: 0, main: 10, prod: 1, sum: 1, before: 0 },
    Component { pre: 0, main: 9, prod: 1, sum: 1, before: 2 },
    Component { pre: 3, main: 3, prod: 1, sum: 0, before: 0 },
    Component { pre: 11, main: 1, prod: 0, sum: 1, before: 0 },
    Component { pre: 6, main: 2, prod: 0, sum: 1, before: 0 },
];

#[derive(Copy, Drop)]
pub struct Tree {
    pub n_columns: u32,
    /// Log size of its largest domain: the level of its leaves.
    pub top: u32,
    pub levels: Levels,
}

/// Columns read at the row before, in the order of their samples: the first columns of a main
/// instance, or the four coordinates of an interaction column.
#[derive(Copy, Drop)]
pub enum Before {
    /// first of two columns of the main tree
    Main: u32,
    /// first of four columns of the interaction tree
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

/// Log size, first column, number of columns.
type Block = (u32, u32, u32);

/// The shape for the log sizes of the 22 slots; 'sizes' when they are not allowed. No sum of
/// 2 prod 2^log or 6 sum 2^log reaches P: they are below 2 20 2^20 and 6 26 2^20.
pub fn shape(mut slots: Span<u32>) -> Shape {
    let mut logs = array![];
    let mut n_max = 0;
    let mut n = 0;
    while n != N_COMPONENTS {
        let log = *slots.pop_front().unwrap();
        if log == 0 {
            assert(n < N_SPLIT, 'sizes');
        } else {
            assert(log >= MIN_TRACE_LOG && log <= MAX_TRACE_LOG, 'sizes');
        }
        if n < N_SPLIT {
            assert(*slots.pop_front().unwrap() == 0, 'sizes');
        }
        if log > n_max {
            n_max = log;
        }
        logs.append(log);
        n += 1;
    }
    let logs = logs.span();
    assert(*logs[TABLES] == TABLES_LOG, 'sizes');

    let (mut pre, mut main, mut inter) = (array![], array![], array![]);
    let (mut n_pre, mut n_main, mut n_inter) = (0, 0, 0);
    let (mut n_prod, mut n_sum, mut n_before) = (0, 0, 0);
    let mut before = array![];
    let mut components = COMPONENTS.span();
    for log in logs {
        let c = *components.pop_front().unwrap();
        if *log == 0 {
            continue;
        }
        let level = *log + LOG_BLOWUP;
        if c.pre != 0 {
            pre.append((level, n_pre, c.pre));
            n_pre += c.pre;
        }
        if c.before != 0 {
            before.append(Before::Main(n_main));
            n_before += c.before;
        }
        if c.prod != 0 {
            before.append(Before::Interaction(n_inter + 4 * (c.prod - 1)));
            n_before += 4;
            n_prod += 1;
        }
        if c.sum != 0 {
            before.append(Before::Interaction(n_inter + 4 * (c.prod + c.sum - 1)));
            n_before += 4;
            n_sum += 1;
        }
        main.append((level, n_main, c.main));
        n_main += c.main;
        let width = 4 * (c.prod + c.sum);
        inter.append((level, n_inter, width));
        n_inter += width;
    }
    Shape {
        logs,
        n_max,
        top: n_max + LOG_BLOWUP,
        program: tree(pre.span(), n_pre),
        main: tree(main.span(), n_main),
        interaction: tree(inter.span(), n_inter),
        n_prod,
        n_sum,
        n_at: n_pre + n_main + n_inter + COMPOSITION_COLUMNS,
        n_before,
        before: before.span(),
        folds: fri_schedule(n_max),
    }
}

fn tree(blocks: Span<Block>, n_columns: u32) -> Tree {
    let mut top = 0;
    for block in blocks {
        let (level, _, _) = *block;
        if level > top {
            top = level;
        }
    }
    let leaf = ranges(blocks, top);
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
    Tree { n_columns, top, levels: Levels { leaf, above: above.span() } }
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
