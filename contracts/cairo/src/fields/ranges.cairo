//! Integers within symmetric bounds, so that sums and products need no reduction: S<k> holds
//! -2^k ..= 2^k. An S<k> becomes an S<m>, m > k, by `upcast`, which costs nothing.
#[feature("bounded-int-utils")]
use core::internal::bounded_int::{AddHelper, BoundedInt, MulHelper, SubHelper};

pub type S31 = BoundedInt<-0x80000000, 0x80000000>;
pub type S32 = BoundedInt<-0x100000000, 0x100000000>;
pub type S33 = BoundedInt<-0x200000000, 0x200000000>;
pub type S34 = BoundedInt<-0x400000000, 0x400000000>;
pub type S35 = BoundedInt<-0x800000000, 0x800000000>;
pub type S62 = BoundedInt<-0x4000000000000000, 0x4000000000000000>;
pub type S63 = BoundedInt<-0x8000000000000000, 0x8000000000000000>;
pub type S64 = BoundedInt<-0x10000000000000000, 0x10000000000000000>;
pub type S65 = BoundedInt<-0x20000000000000000, 0x20000000000000000>;
pub type S66 = BoundedInt<-0x40000000000000000, 0x40000000000000000>;
pub type S67 = BoundedInt<-0x80000000000000000, 0x80000000000000000>;
pub type S68 = BoundedInt<-0x100000000000000000, 0x100000000000000000>;

pub impl AddS31 of AddHelper<S31, S31> {
    type Result = S32;
}
pub impl SubS31 of SubHelper<S31, S31> {
    type Result = S32;
}
pub impl AddS32 of AddHelper<S32, S32> {
    type Result = S33;
}
pub impl AddS33 of AddHelper<S33, S33> {
    type Result = S34;
}
pub impl SubS33 of SubHelper<S33, S33> {
    type Result = S34;
}
pub impl AddS34 of AddHelper<S34, S34> {
    type Result = S35;
}
pub impl AddS62 of AddHelper<S62, S62> {
    type Result = S63;
}
pub impl SubS62 of SubHelper<S62, S62> {
    type Result = S63;
}
pub impl AddS63 of AddHelper<S63, S63> {
    type Result = S64;
}
pub impl AddS64 of AddHelper<S64, S64> {
    type Result = S65;
}
pub impl SubS64 of SubHelper<S64, S64> {
    type Result = S65;
}
pub impl AddS65 of AddHelper<S65, S65> {
    type Result = S66;
}
pub impl AddS66 of AddHelper<S66, S66> {
    type Result = S67;
}
pub impl MulS31 of MulHelper<S31, S31> {
    type Result = S62;
}
