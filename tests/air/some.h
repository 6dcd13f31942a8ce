/* some.h - the component that the emulated 16-lane kernel is compiled for: it reads the row before.
 */
#define AIR_KERNEL_COMPONENTS(X) X(inf, INITFIN)
