/* hello.c - a first guest: greets the name that is its public input. */
#include "sprove_guest.h"

int main(void)
{
    const uint8_t *name;
    uint32_t size;
    sp_input(&name, &size);
    if (size == 0) sp_panic("nobody to greet: the input is empty");
    sp_write("hello, ", 7);
    sp_write(name, size);
    sp_write("\n", 1);
    return 0;
}
