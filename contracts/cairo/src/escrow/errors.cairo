//! Why a call is refused. Components bring their own (nodes.cairo, tiers.cairo, components/).

pub const ZERO_AMOUNT: felt252 = 'Amount must be positive';
pub const INVALID_TOKEN: felt252 = 'Invalid token address';
pub const TOKEN_NOT_ALLOWED: felt252 = 'Token not allowed';
pub const TOKEN_TRANSFER: felt252 = 'Token transfer failed';
pub const REFUND_TRANSFER: felt252 = 'Refund transfer failed';
pub const PROVIDER_PAYMENT: felt252 = 'Provider payment failed';
pub const TREASURY_PAYMENT: felt252 = 'Treasury payment failed';
pub const NO_FEES: felt252 = 'No uncollected fees';
pub const BALANCE: felt252 = 'Insufficient contract balance';

pub const INVALID_PROGRAM: felt252 = 'Invalid program id';
pub const INVALID_INPUT: felt252 = 'Invalid input commitment';
pub const INVALID_MAX_CYCLES: felt252 = 'Invalid max cycles';
pub const INVALID_DEADLINE: felt252 = 'Invalid deadline';
pub const INVALID_RESULT: felt252 = 'Invalid result hash';
pub const SHORT_PROOF: felt252 = 'Proof too short';
pub const TASK_HASH: felt252 = 'Task hash mismatch';
pub const TOO_MANY_CYCLES: felt252 = 'Too many cycles';
pub const ZERO_IO: felt252 = 'Zero io commitment';
pub const IO_MISMATCH: felt252 = 'Io commitment mismatch';

pub const INVALID_STATUS: felt252 = 'Invalid task status';
pub const NOT_CREATOR: felt252 = 'Only creator can cancel';
pub const CANNOT_CANCEL: felt252 = 'Task cannot be cancelled';
pub const DEADLINE_PASSED: felt252 = 'Deadline passed';
pub const DEADLINE_NOT_PASSED: felt252 = 'Deadline not passed';
pub const NOT_ASSIGNED_PROVIDER: felt252 = 'Provider not assigned';
pub const INVALID_PROVIDER: felt252 = 'Invalid provider address';

pub const UNAUTHORIZED_RELAYER: felt252 = 'Unauthorized relayer';
pub const INVALID_RELAYER: felt252 = 'Invalid relayer address';
pub const INVALID_OWNER: felt252 = 'Invalid owner address';
pub const INVALID_TREASURY: felt252 = 'Invalid treasury address';
pub const INVALID_VERIFIER: felt252 = 'Invalid verifier class';
pub const NOT_SUPPORTED: felt252 = 'Mode not supported';
